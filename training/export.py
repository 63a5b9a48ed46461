"""Turn taught weights into the int8 ONNX file that ships, with its manifest.

python training/export.py --weights FILE.pt --out sentiment/nlp/weights
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import onnx
import torch
from network import Network
from onnxruntime.quantization import QuantType, quantize_dynamic

OPSET = 17
NAMES = ["ids", "kinds", "mask", "own"]


def exported(net: Network, path: Path) -> None:
    """The network as float32 ONNX of any batch and length."""
    ids = torch.randint(1000, 2000, (2, 9))
    rest = [torch.zeros_like(ids), torch.ones_like(ids), torch.ones_like(ids)]
    sizes = {name: {0: "batch", 1: "length"} for name in (*NAMES, "effects")}
    net.eval()
    torch.onnx.export(
        net,
        (ids, *rest),
        str(path),
        input_names=NAMES,
        output_names=["read", "meaning", "effects"],
        dynamic_axes={**sizes, "read": {0: "batch"}, "meaning": {0: "batch"}},
        opset_version=OPSET,
        dynamo=False,
    )


def quantised(source: Path, target: Path, reduce_range: bool) -> None:
    """Weights as int8, a scale a column; the head stays whole, since rounding it rounds every reading."""
    graph = onnx.load(str(source)).graph
    small = [node.name for node in graph.node if node.op_type in {"MatMul", "Gemm"} and "layers" not in node.name]
    quantize_dynamic(
        str(source),
        str(target),
        weight_type=QuantType.QInt8,
        per_channel=True,
        reduce_range=reduce_range,
        op_types_to_quantize=["MatMul", "Gather"],
        nodes_to_exclude=small,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--reduce-range", action="store_true")
    asked = parser.parse_args()
    net = Network()
    net.load_state_dict(torch.load(asked.weights, map_location="cpu"))
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        exported(net, whole)
        quantised(whole, asked.out, asked.reduce_range)
    print(f"{asked.out}: {asked.out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
