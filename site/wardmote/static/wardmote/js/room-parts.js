/**
 * The parts of a room or a desk beside its questions. Each part is an object that may have
 *
 * - `welcome(frame)`: take note of the server's clock;
 * - `snapshot(frame)`: show all there is to see;
 * - `event({ kind, payload })`: show what has happened, again if need be;
 * - `counts(frame)`: show the latest values;
 * - `ownHand(frame)`: show whether the reader's own hand is up;
 * - `here(frame)`: on the desk, show who is here;
 * - `holding(frame)`: on the desk, show who has which question open;
 * - `done(form)`: on the desk, a form it sent over the socket has done its work;
 * - `command(form)`: on the desk, the frame that does what a submitted form says, or null when it is not this part's.
 */
export class RoomParts {
  constructor (parts) {
    this.parts = parts
  }

  welcome (frame) {
    for (const part of this.parts) part.welcome?.(frame)
  }

  snapshot (frame) {
    for (const part of this.parts) part.snapshot?.(frame)
  }

  event (event) {
    for (const part of this.parts) part.event?.(event)
  }

  ownHand (frame) {
    for (const part of this.parts) part.ownHand?.(frame)
  }

  counts (frame) {
    for (const part of this.parts) part.counts?.(frame)
  }

  here (frame) {
    for (const part of this.parts) part.here?.(frame)
  }

  holding (frame) {
    for (const part of this.parts) part.holding?.(frame)
  }

  done (form) {
    for (const part of this.parts) part.done?.(form)
  }

  command (form) {
    for (const part of this.parts) {
      const frame = part.command?.(form)
      if (frame) return frame
    }
    return null
  }
}
