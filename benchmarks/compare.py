#!/usr/bin/env python3
"""Times Cinta's steps beside their floors and beside libtorch, in turn in the same run, and prints one table.

  compare.py STEPS [--peer LIBTORCH_STEPS] [--json FILE] [--quick] [--cases a,b,…]

Each case runs in processes of its own, A B A B …; figures are medians over the rounds. Both must have the same losses before
anything counts. libtorch runs at its best of one and two threads and, where the processor has AVX-512, with OpenBLAS's kernels
for it, always with glibc told to keep its memory. The floor is what a step's arithmetic and bytes take at the machine's own
rates, measured here too.
"""
import argparse, json, os, statistics, subprocess, sys

CASES = ["tiny_forward", "tiny_backward", "a", "b", "c", "d", "e", "adamw_1", "adamw_100", "silu_forward", "silu_backward", "softmax_xent"]
SERIAL = {"tiny_forward", "tiny_backward", "a", "b"}  # too small for a second thread
KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": "4294967296", "MALLOC_TRIM_THRESHOLD_": "8589934592", "MALLOC_TOP_PAD_": "67108864"}


def run(command, **environment):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
    out = subprocess.run(command, env={**clean, **environment}, capture_output=True, text=True)
    if out.returncode != 0:
        sys.exit(f"{' '.join(command)}: {out.stderr.strip() or 'exit code ' + str(out.returncode)}")
    return json.loads(out.stdout.strip().split("\n")[-1])


def settings(threads):
    """How libtorch is tried."""
    kernels = [{}]
    if "avx512f" in open("/proc/cpuinfo").read():
        kernels.append({"OPENBLAS_CORETYPE": "SkylakeX"})
    return [(t, {**KEEP_MEMORY, **k, "OMP_NUM_THREADS": str(t)}) for t in range(1, threads + 1) for k in kernels]


def agree(name, ours, theirs):
    for a, b in zip(ours["losses"], theirs["losses"]):
        if abs(a - b) > 1e-4 * max(abs(a), abs(b), 1e-3):
            sys.exit(f"{name}: the losses differ, so nothing is compared: {ours['losses']} and libtorch {theirs['losses']}")


def microseconds(us):
    return f"{us:,.3f}" if us < 10 else f"{us:,.1f}" if us < 1000 else f"{us:,.0f}"


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("steps")
    options.add_argument("--peer")
    options.add_argument("--json", default=os.devnull)
    options.add_argument("--quick", action="store_true", help="three rounds instead of nine")
    options.add_argument("--cases", default=",".join(CASES))
    options = options.parse_args()
    rounds = 3 if options.quick else 9
    threads = min(2, os.cpu_count())
    limits = {t: run([options.steps, "limits"], CINTA_NUM_THREADS=str(t)) for t in range(1, threads + 1)}
    for t, limit in limits.items():
        print(f"this machine, {t} thread{'s'[:t - 1]}: {limit['gflops']:.0f} GFLOP/s of f32 multiply-adds, {limit['gbytes']:.0f} GB/s of triad")
    print(f"\n{'case':<14}{'threads':>8}{'Cinta, µs':>14}{'floor, µs':>12}{'of floor':>10}{'libtorch, µs':>14}{'ratio':>8}")
    with open(options.json, "a") as file:
        for name in options.cases.split(","):
            best = None  # libtorch's setting
            if options.peer:
                tried = [(statistics.median(run([options.peer, name, str(t)], **e)["us"] for _ in range(2)), t, e) for t, e in settings(threads)]
                best = min(tried, key=lambda x: x[0])
            results = []
            for count in [1] if name in SERIAL else range(1, threads + 1):
                ours, theirs = [], []
                for _ in range(rounds):
                    mine = run([options.steps, name], CINTA_NUM_THREADS=str(count))
                    ours.append(mine["us"])
                    if best:
                        peer = run([options.peer, name, str(best[1])], **best[2])
                        agree(name, mine, peer)
                        theirs.append(peer["us"])
                limit = limits[count]
                floor = mine["flops"] / limit["gflops"] / 1e3 + mine["bytes"] / limit["gbytes"] / 1e3
                results.append((statistics.median(ours), count, floor, statistics.median(theirs) if theirs else None))
            for us, count, floor, theirs in results:
                print(f"{name:<14}{count:>8}{microseconds(us):>14}{microseconds(floor) if floor else '–':>12}"
                      f"{f'{100 * floor / us:.0f} %' if floor else '–':>10}{microseconds(theirs) if theirs else '–':>14}"
                      f"{f'{theirs / us:.2f}' if theirs else '–':>8}", flush=True)
                json.dump({"case": name, "cinta_us": us, "libtorch_us": theirs, "ratio": theirs / us if theirs else None,
                           "floor_us": floor or None, "floor_fraction": floor / us if floor else None, "threads": count}, file)
                file.write("\n")


if __name__ == "__main__":
    main()
