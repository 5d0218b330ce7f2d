"""A Celery worker. Says 'ready' once it is, and ends with its standard input."""

import os
import signal
import sys
import threading

from celery import Celery
from celery.signals import worker_ready

url, queue, concurrency = sys.argv[1], sys.argv[2], sys.argv[3]
# The results have a database of their own, where the bench counts them.
app = Celery("bench", broker=f"{url}/0", backend=f"{url}/1")


@app.task(name="noop")
def noop(data):
    return None


def end_with_input():
    # Not by sys.stdin, whose lock the children would inherit.
    while os.read(0, 100):
        pass
    os.killpg(0, signal.SIGKILL)


@worker_ready.connect
def ready(**_):
    print("ready", flush=True)


# A group of its own, to end with its children, from the start.
os.setpgrp()
threading.Thread(target=end_with_input, daemon=True).start()
app.worker_main(
    [
        "worker",
        f"--queues={queue}",
        f"--concurrency={concurrency}",
        "--loglevel=ERROR",
        "--without-gossip",
        "--without-mingle",
        "--without-heartbeat",
    ]
)
