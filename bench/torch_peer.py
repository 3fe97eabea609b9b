"""PyTorch as a peer of our kernels: forward passes of the same network, timed one at a time on request.

bench/torch.ts starts this once and keeps it. It reads one JSON object a line from stdin and answers each with one on
stdout; what goes wrong is answered with {"problem": sentence}. Before the first request it says what it is:

    {"torch": version, "device": name, "ways": [...], "precisions": [...]}
    {"prepare": {"case": {hidden, blocks, heads, vocabulary, length, rows}, "precision": "f32", "way": "eager"}}
        -> {"prepared": index}, built and warmed up; another case drops those of the last
    {"time": index}
        -> {"milliseconds": of one pass}

The network is dit_orig without time conditioning, batch 1: its modulation is constant, so shift and scale are part of
the norms and the gates part of the layers before them. Weights are random, since time does not depend on them. Logits
of the first `rows` positions stay on the device. Nothing else is simplified.
"""

import json
import math
import os
import platform
import sys
import time

# What libraries print would be taken for an answer.
ANSWERS = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)

try:
    import torch
    import torch.nn.functional as F
except ImportError as error:
    print(json.dumps({"problem": f"python3 cannot import torch: {error}"}), file=ANSWERS)
    sys.exit()

DTYPES = {"f32": torch.float32, "bf16": torch.bfloat16}
# One timing takes about so long, several passes where they are quick: as src/worker/benchmark/pass-timer.ts does.
TIMING_SECONDS, MOST_PASSES = 0.025, 200
DEVICE = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"


class Block(torch.nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = torch.nn.LayerNorm(d), torch.nn.LayerNorm(d)
        self.qkv = torch.nn.Linear(d, 3 * d, bias=False)
        self.out = torch.nn.Linear(d, d, bias=False)
        self.up, self.down = torch.nn.Linear(d, 4 * d), torch.nn.Linear(4 * d, d)

    def forward(self, x, cos, sin):
        batch, length, d = x.shape
        qkv = self.qkv(self.norm1(x)).view(batch, length, 3, self.heads, d // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        attended = F.scaled_dot_product_attention(rotate(q, cos, sin), rotate(k, cos, sin), v)
        x = x + self.out(attended.transpose(1, 2).reshape(batch, length, d))
        return x + self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh"))


def rotate(x, cos, sin):
    """Rotary positions in the half-split layout: x [..., length, size], cos and sin [length, size / 2]."""
    a, b = x.chunk(2, dim=-1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), dim=-1)


class Network(torch.nn.Module):
    """From tokens [1, length] to logits [1, rows, vocabulary]."""

    def __init__(self, hidden, blocks, heads, vocabulary, length, rows):
        super().__init__()
        self.rows = rows
        self.embedding = torch.nn.Embedding(vocabulary, hidden)
        self.blocks = torch.nn.ModuleList(Block(hidden, heads) for _ in range(blocks))
        self.norm = torch.nn.LayerNorm(hidden)
        self.head = torch.nn.Linear(hidden, vocabulary)
        half = hidden // heads // 2
        angles = torch.outer(torch.arange(length), torch.exp(-math.log(10000) / half * torch.arange(half)))
        self.register_buffer("cos", angles.cos())
        self.register_buffer("sin", angles.sin())

    def forward(self, tokens):
        x = self.embedding(tokens)
        for block in self.blocks:
            x = block(x, self.cos, self.sin)
        return self.head(self.norm(x[:, : self.rows]))


def synchronize():
    if DEVICE != "cpu":
        getattr(torch, DEVICE).synchronize()


def build(case, precision, way):
    """A function that times one pass, in milliseconds; compiled and warmed up."""
    with torch.device(DEVICE):
        network = Network(**case).to(DTYPES[precision]).eval()
        tokens = torch.arange(case["length"]).remainder(case["vocabulary"]).unsqueeze(0)
    graphs = {"mode": "reduce-overhead"} if way == "torch.compile, CUDA graphs" else {}
    run = network if way == "eager" else torch.compile(network, dynamic=False, fullgraph=True, **graphs)

    def seconds(passes):
        with torch.inference_mode():
            start = time.perf_counter()
            for _ in range(passes):
                run(tokens)
            synchronize()
            return (time.perf_counter() - start) / passes

    # The first passes compile, and capture a graph where there is one to capture.
    for _ in range(3):
        seconds(1)
    passes = max(1, min(MOST_PASSES, math.ceil(TIMING_SECONDS / seconds(1))))
    return lambda: 1000 * seconds(passes)


def main():
    on_gpu = DEVICE == "cuda"
    name = torch.cuda.get_device_name() if on_gpu else f"{DEVICE}, {platform.processor() or platform.machine()}"
    threads = "" if on_gpu else f", {torch.get_num_threads()} threads"
    ways = ["eager", "torch.compile", *(["torch.compile, CUDA graphs"] if on_gpu else [])]
    hello = {"torch": torch.__version__, "device": name + threads, "ways": ways, "precisions": list(DTYPES)}
    print(json.dumps(hello), file=ANSWERS)
    case, timings = None, []
    for line in sys.stdin:
        try:
            request = json.loads(line)
            if "prepare" in request:
                if request["prepare"]["case"] != case:
                    case, timings = request["prepare"]["case"], []
                    # Else it gives up compiling the same function after some shapes, and runs it as it is.
                    torch.compiler.reset()
                timings.append(build(**request["prepare"]))
                answer = {"prepared": len(timings) - 1}
            else:
                answer = {"milliseconds": timings[request["time"]]()}
        except Exception as error:
            answer = {"problem": f"{type(error).__name__}: {error}".split("\n")[0]}
        print(json.dumps(answer), file=ANSWERS)


if __name__ == "__main__":
    main()
