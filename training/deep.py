"""Teach MiniLM the tone of residents' words: about half an hour on two cores.

    python training/deep.py --shared DIR --base DIR --out FILE.pt [--fold N] [--without nhs] [--epochs 3]

``--base`` is a folder with all-MiniLM-L6-v2's ``model.safetensors`` and ``tokenizer.json``. ``--fold`` keeps a fifth
back and reports on it; without it everything is learnt from.
"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path

import counterfactual
import numpy as np
import texts as sets
import torch
from measure import report
from network import Network, pretrained
from tokenizers import Tokenizer
from torch.nn import functional

from sentiment.nlp.identity import hide_identity

MOST_PIECES = 128
BATCH = 32
RATE = 8e-5
WARM = 0.08
WEIGHT_DECAY = 0.01
WEIGHTS = {"classes": 1.0, "tone": 2.0, "meaning": 1.0}
CLS, SEP, PAD = 101, 102, 0


def pieces(tokenizer: Tokenizer, texts: list[sets.Labelled]) -> list[tuple[list[int], int]]:
    """(ids, how many of them are the question's with both marks) of each text, cut to ``MOST_PIECES``."""
    tokenizer.no_truncation()
    tokenizer.no_padding()
    asked = tokenizer.encode_batch([text.question for text in texts], add_special_tokens=False)
    said = tokenizer.encode_batch([hide_identity(text.text).text for text in texts], add_special_tokens=False)
    found = []
    for question, text in zip(asked, said, strict=True):
        start = [CLS, *question.ids[:24], SEP] if question.ids else [CLS]
        found.append(([*start, *text.ids[: MOST_PIECES - len(start) - 1], SEP], len(start)))
    return found


def batch_of(chosen: list[tuple[list[int], int]]) -> tuple[torch.Tensor, ...]:
    length = max(len(ids) for ids, _ in chosen)
    ids = torch.zeros(len(chosen), length, dtype=torch.long)
    kinds, mask, own = torch.zeros_like(ids), torch.zeros_like(ids), torch.zeros_like(ids)
    for row, (known, start) in enumerate(chosen):
        ids[row, : len(known)] = torch.tensor(known)
        mask[row, : len(known)] = 1
        if start > 1:
            kinds[row, start : len(known)] = 1
        own[row, start - (start == 1) : len(known)] = 1  # alone, a text keeps both marks, as MiniLM averaged them
    return ids, kinds, mask, own


def batches(sizes: list[int], size: int, draw: random.Random | None) -> list[list[int]]:
    """Places grouped by length, so that little is padded; shuffled when there is a draw."""
    order = list(range(len(sizes)))
    if draw:
        draw.shuffle(order)
        order = [
            place
            for start in range(0, len(order), size * 40)
            for place in sorted(order[start : start + size * 40], key=lambda place: sizes[place])
        ]
    else:
        order.sort(key=lambda place: sizes[place])
    made = [order[start : start + size] for start in range(0, len(order), size)]
    if draw:
        draw.shuffle(made)
    return made


@torch.inference_mode()
def outputs(net: Network, known: list[tuple[list[int], int]], size: int = 64) -> tuple[np.ndarray, np.ndarray]:
    """(n, 4) classes and tone, and (n, 384) unit embeddings."""
    net.eval()
    read, meaning = np.zeros((len(known), 4), np.float32), np.zeros((len(known), 384), np.float32)
    for places in batches([len(ids) for ids, _ in known], size, None):
        found, mean = net(*batch_of([known[place] for place in places]))
        read[places] = found.float().numpy()
        meaning[places] = functional.normalize(mean.float(), dim=1).numpy()
    return read, meaning


def teach(
    net: Network,
    known: list[tuple[list[int], int]],
    texts: list[sets.Labelled],
    meanings: torch.Tensor,
    epochs: int,
    seed: int,
) -> None:
    draw = random.Random(seed)
    torch.manual_seed(seed)
    classes = torch.tensor([text.classes for text in texts])
    tones = torch.tensor([text.tone for text in texts])
    for still in (net.words, net.places):
        still.requires_grad_(False)
    taught = [each for each in net.parameters() if each.requires_grad]
    # The network works in bfloat16, which many processors multiply four times as quickly; what is learnt is kept whole.
    kept = [each.detach().float().clone().requires_grad_() for each in taught]
    net.to(torch.bfloat16)
    optimiser = torch.optim.AdamW(kept, lr=RATE, weight_decay=WEIGHT_DECAY, fused=True)
    steps = epochs * -(-len(known) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / (WARM * steps), max(0.02, (steps - step) / ((1 - WARM) * steps)))
    )
    started, step = time.time(), 0
    for epoch in range(epochs):
        net.train()
        sums = np.zeros(3)
        for places in batches([len(ids) for ids, _ in known], BATCH, draw):
            read, mean = net(*batch_of([known[place] for place in places]))
            read = read.float()
            losses = torch.stack(
                [
                    functional.cross_entropy(read[:, :3], classes[places]),
                    functional.mse_loss(read[:, 3], tones[places]),
                    1 - functional.cosine_similarity(mean.float(), meanings[places]).mean(),
                ]
            )
            loss = (losses * torch.tensor(list(WEIGHTS.values()))).sum()
            loss.backward()
            for whole, half in zip(kept, taught, strict=True):
                whole.grad, half.grad = half.grad.float(), None
            torch.nn.utils.clip_grad_norm_(kept, 1.0)
            optimiser.step()
            with torch.no_grad():
                for whole, half in zip(kept, taught, strict=True):
                    half.copy_(whole)
            schedule.step()
            sums += losses.detach().numpy()
            step += 1
            if step % 50 == 0:
                print(f"  {step}/{steps} {time.time() - started:.0f} s {(sums / 50).round(4)}", flush=True)
                sums[:] = 0
        print(f"epoch {epoch + 1}: {time.time() - started:.0f} s", flush=True)
    net.float()
    with torch.no_grad():
        for whole, half in zip(kept, taught, strict=True):
            half.copy_(whole)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--council", type=Path, default=sets.HERE / "council")
    parser.add_argument("--fold", type=int)
    parser.add_argument("--without", action="append", default=[])
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1, help="more pay only on an idle machine")
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    everything = sets.shared(asked.shared) + sets.council(asked.council)
    check: list[sets.Labelled] = []
    if asked.fold is not None:
        everything, check = sets.split(everything, asked.fold)
    learn = [text for text in everything if text.source not in asked.without] + counterfactual.made()
    if asked.limit:
        learn = random.Random(0).sample(learn, asked.limit)
    print(f"{len(learn)} to learn from, {len(check)} to check on", flush=True)
    tokenizer = Tokenizer.from_file(str(asked.base / "tokenizer.json"))
    net = pretrained(str(asked.base / "model.safetensors"))
    known = pieces(tokenizer, learn)
    alone = pieces(tokenizer, [sets.Labelled(text.text, "", 0, (0, 0, 0), "", "") for text in learn])
    _, meanings = outputs(net, alone)
    teach(net, known, learn, torch.from_numpy(meanings), asked.epochs, asked.seed)
    torch.save(net.state_dict(), asked.out)
    if check:
        read, _ = outputs(net, pieces(tokenizer, check))
        report(check, read)


if __name__ == "__main__":
    main()
