"""Reads numbers of jobs, a line each; works so many in a pool of two processes; answers with a line."""

import importlib.util
import multiprocessing
import sys
import threading


def load(path, name):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return getattr(module, name)


def work(pool, function, count, in_flight):
    """With never more than `in_flight` jobs handed over."""
    room = threading.Semaphore(in_flight)
    for i in range(count):
        room.acquire()
        pool.apply_async(function, ({"i": i},), callback=lambda _: room.release())
    for _ in range(in_flight):
        room.acquire()


if __name__ == "__main__":
    path, name, in_flight = sys.argv[1], sys.argv[2], int(sys.argv[3])
    function = load(path, name)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        for line in sys.stdin:
            work(pool, function, int(line), in_flight)
            print("done", flush=True)
