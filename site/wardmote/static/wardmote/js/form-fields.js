/** The fields of a form in which somebody types or chooses. */
export const FIELDS = 'input:not([type="hidden"]), select, textarea'

/** Put the cursor into a field of a form; of several with one name (radio buttons), into the first. */
export function focusField (form, name) {
  const found = form.elements[name]
  const field = found?.focus ? found : found?.[0]
  field?.focus()
  return Boolean(field)
}

/** Whether a field holds words or a number, and is not a choice. */
export function isText (field) {
  return !field.matches('select, [type="checkbox"], [type="radio"]')
}

/** Whether somebody has put into a field what did not come with the page. */
export function isChanged (field) {
  if (isText(field)) return field.value !== field.defaultValue
  if (!field.matches('select')) return field.checked !== field.defaultChecked
  const options = [...field.options]
  const initial = options.findIndex((option) => option.defaultSelected)
  return options.length > 0 && field.selectedIndex !== Math.max(0, initial)
}

/** The fields inside an element into which somebody has typed, or where they have chosen otherwise. */
export function changedIn (element) {
  return [...element.querySelectorAll(FIELDS)].filter(isChanged)
}

/** What a form said has arrived: only what is typed from now on is still to be sent. */
export function noteSent (form, sent) {
  for (const field of form.querySelectorAll(FIELDS)) {
    if (isText(field) && sent.has(field.name)) field.defaultValue = sent.get(field.name)
  }
}

/** Put into a field what stood in another. A choice that is not offered any more is left. */
export function putBack (field, from) {
  if (!field) return
  if (field.matches('[type="checkbox"], [type="radio"]')) field.checked = from.checked
  else if (isText(field) || [...field.options].some((option) => option.value === from.value)) field.value = from.value
}

/** Give a form the hidden fields of the one its words were typed in, but for the token: whether one was different. */
export function keepUnseen (form, from) {
  const differing = [...form.querySelectorAll('input[type="hidden"]:not([name="csrfmiddlewaretoken"])')]
    .filter(({ name, value }) => from.elements[name] && from.elements[name].value !== value)
  for (const field of differing) field.value = from.elements[field.name].value
  return differing.length > 0
}

/** The first field of a form with more in it than the server takes, as its `data-limit` says. */
export function tooLong (form) {
  return [...form.querySelectorAll('[data-limit]')].find((field) => [...field.value].length > Number(field.dataset.limit))
}

/** Note where the cursor is in a field that is about to be moved; call what this returns to put it back there. */
export function holdCursor (field) {
  const { selectionStart, selectionEnd, selectionDirection, scrollTop } = field
  return () => {
    field.focus()
    if (Number.isInteger(selectionStart)) field.setSelectionRange(selectionStart, selectionEnd, selectionDirection)
    field.scrollTop = scrollTop
  }
}
