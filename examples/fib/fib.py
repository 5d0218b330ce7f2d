"""fib(n) the slow way, in a pool of Python processes: one line of JSON for each number given."""

import json
import multiprocessing
import sys
import time


def slow_fib(n):
    return n if n < 2 else slow_fib(n - 1) + slow_fib(n - 2)


def work(n):
    start = time.perf_counter()
    value = slow_fib(n)
    return {"n": n, "value": value, "ms": (time.perf_counter() - start) * 1000}


if __name__ == "__main__":
    with multiprocessing.Pool() as pool:
        for result in pool.imap(work, [int(n) for n in sys.argv[1:]]):
            print(json.dumps(result))
