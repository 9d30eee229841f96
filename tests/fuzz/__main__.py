"""``make fuzz``: look for bytes that ``parse`` stumbles over, guided by which of its lines they reach.

Begins with the messages that the tests know, and keeps what it finds on the way in ``var/fuzz``, so that the next run
goes on from there. What breaks a promise is printed, and left there as ``crash-…``: it belongs among the messages.
"""

import argparse
import logging
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOUND = ROOT / "var" / "fuzz"
SEEDS = ROOT / "tests" / "inbox" / "messages"
# Longer ones cost time and reach nothing new.
MAX_BYTES = 20_000
SECONDS_FOR_ONE = 5
MEGABYTES = 1024


def main(seconds: int) -> None:
    try:
        import atheris
    except ImportError:
        sys.exit("make fuzz needs atheris, which is not to be had for this machine or this Python: nothing was tried.")
    logging.disable()
    with atheris.instrument_imports(include=["tickets.inbox.parse"], enable_loader_override=False):
        from tickets.inbox.parse import parse

    from tests.fuzz.promises import broken

    def one(raw: bytes) -> None:
        faults = broken(parse(raw))
        if faults:
            raise AssertionError(", ".join(faults))

    FOUND.mkdir(parents=True, exist_ok=True)
    for seed in SEEDS.glob("*/*.eml"):
        shutil.copyfile(seed, FOUND / f"{seed.parent.name}-{seed.stem}")
    options = [f"-max_total_time={seconds}", f"-max_len={MAX_BYTES}", f"-timeout={SECONDS_FOR_ONE}"]
    options += [f"-rss_limit_mb={MEGABYTES}", f"-artifact_prefix={FOUND}/", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *options, str(FOUND)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=180)
    main(parser.parse_args().seconds)
