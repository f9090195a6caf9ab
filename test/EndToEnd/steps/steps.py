#!/usr/bin/env python3
# ===- steps.py - steps that stream, save and are interrupted --------------===//
#
# Part of the graph-compile project, under the Apache License v2.0 with LLVM
# Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------===//
"""usage: steps.py PROGRAM EXAMPLES FOLDER

Trains PROGRAM, which is compiled from EXAMPLES/classifier, in many ways, and compares. Files go to FOLDER."""

import json
import os
import pty
import signal
import subprocess
import sys
import time

import numpy

PROGRAM, EXAMPLES, FOLDER = sys.argv[1:]
POINTS, CLASSES = (os.path.join(EXAMPLES, name) for name in ("points.npy", "classes.npy"))
STREAMED = [f"--input=points=@{POINTS}", f"--input=classes=@{CLASSES}"]


def file(name):
    return os.path.join(FOLDER, name)


def start(*options, **more):
    # Whoever runs the tests may ignore these signals.
    restore = lambda: [signal.signal(number, signal.SIG_DFL) for number in (signal.SIGINT, signal.SIGTERM)]
    return subprocess.Popen(
        [PROGRAM, "--function=train", *options], preexec_fn=restore, stderr=subprocess.PIPE, text=True, **more
    )


def wait_until_saved(name):
    while not os.path.exists(file(name)):
        time.sleep(0.01)


def run(*options, status=0):
    process = start(*options)
    error = process.communicate()[1]
    assert process.returncode == status, (options, process.returncode, error)
    return error


def read(name):
    with open(file(name), "rb") as state:
        return state.read()


def read_variable(name, variable):
    """The scalar in a file of variables: a header of JSON after its length, then the values."""
    state = read(name)
    begin = 8 + int.from_bytes(state[:8], "little")
    first, end = json.loads(state[8:begin])[variable]["data_offsets"]
    return numpy.frombuffer(state[begin + first : begin + end], numpy.float32)[0]


def save_inputs(name, points, classes):
    numpy.save(file(f"{name}-points.npy"), points)
    numpy.save(file(f"{name}-classes.npy"), classes)
    return [f"--input=points={file(name)}-points.npy", f"--input=classes={file(name)}-classes.npy"]


def test_slices_are_steps(points, classes):
    """Sixty steps of one program leave what three programs of twenty, and single calls, leave."""
    run(*STREAMED, f"--output=loss=@{file('all.npy')}", f"--save={file('all')}")
    losses = numpy.load(file("all.npy"))
    assert losses.shape == (len(points),) and losses[-1] < 0.1 < losses[0]
    state = []
    for i in range(0, len(points), 20):
        inputs = save_inputs("part", points[i : i + 20], classes[i : i + 20])
        inputs = [option.replace("=/", "=@/") for option in inputs]
        run(*inputs, *state, f"--output=loss=@{file('part.npy')}", f"--save={file('parts')}")
        state = [f"--load={file('parts')}"]
        assert (numpy.load(file("part.npy")) == losses[i : i + 20]).all()
    assert read("parts") == read("all")
    state = []
    for i in range(3):
        inputs = save_inputs("single", points[i], classes[i])
        run(*inputs, *state, f"--output=loss={file('single.npy')}", f"--save={file('single')}")
        state = [f"--load={file('single')}"]
        assert numpy.load(file("single.npy")) == losses[i]
    run(*STREAMED, "--steps=3", f"--output=loss={file('last.npy')}", f"--save={file('three')}")
    assert numpy.load(file("last.npy")) == losses[2] and read("three") == read("single")


def test_wrong_inputs(points, classes):
    """Nothing runs, and nothing is left, where the inputs do not fit."""
    error = run(*STREAMED, "--steps=61", f"--output=loss=@{file('none.npy')}", status=2)
    assert "--steps asks for 61 steps, but input" in error
    save_inputs("short", points[:-1], classes[:-1].astype(numpy.int64))
    short = file("short-points.npy")
    error = run(f"--input=points=@{short}", STREAMED[1], status=2)
    assert "have different numbers of steps: 60 and 59" in error
    error = run(f"--input=points={POINTS}", STREAMED[1], status=2)
    assert 'input "points": expected float32[?,2], but got float32[60,32,2]' in error
    error = run(f"--input=points=@{short}", f"--input=classes=@{file('short-classes.npy')}", status=2)
    assert 'input "classes": expected int32[?], but got int64[32]' in error
    assert not os.path.exists(file("none.npy"))


def test_save_every(points):
    """A program that is killed has left the state of a step that it was to save."""
    inputs = save_inputs("same", points[0], numpy.zeros(len(points[0]), numpy.int32))
    process = start(*inputs, "--steps=1000000000", f"--save={file('every')}", "--save-every=7")
    wait_until_saved("every")
    process.kill()
    process.communicate()
    steps = int(read_variable("every", "step"))
    assert steps > 0 and steps % 7 == 0, steps
    run(*inputs, f"--steps={steps}", f"--save={file('at-once')}")
    assert read("at-once") == read("every")


def test_interrupt(points):
    """The step ends; outputs and state are those of all steps that were made."""
    inputs = save_inputs("same", points[0], numpy.zeros(len(points[0]), numpy.int32))
    for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        losses, state = file(f"losses-{status}.npy"), file(f"state-{status}")
        process = start(*inputs, "--steps=1000000000", f"--output=loss=@{losses}", f"--save={state}", "--save-every=5")
        wait_until_saved(f"state-{status}")
        process.send_signal(number)
        assert process.communicate()[1] == "" and process.returncode == status, process.returncode
        steps = len(numpy.load(losses))
        assert steps >= 5
        run(*inputs, f"--steps={steps}", f"--save={file('again')}")
        assert read("again") == read(f"state-{status}")


def test_progress():
    """On a terminal, a line that is written over, with the loss."""
    assert "step" not in run(*STREAMED)
    try:
        terminal, inside = pty.openpty()
    except OSError as error:
        # A bare root folder has no /dev/pts.
        print("not tested on a terminal:", error)
        return
    process = subprocess.Popen([PROGRAM, "--function=train", *STREAMED], stderr=inside)
    assert process.wait() == 0
    os.close(inside)
    shown = os.read(terminal, 65536).decode()
    os.close(terminal)
    assert shown.startswith("\rstep 1/60, ") and "\rstep 60/60, " in shown and ", loss 0.0" in shown, shown


def test_profile():
    """Each kernel has the node that it computes, and ran once in each step."""
    run(*STREAMED, f"--profile={file('trace.json')}")
    with open(file("trace.json"), encoding="utf-8") as trace:
        profile = json.load(trace)
    calls = [event for event in profile["traceEvents"] if event.get("cat") == "call"]
    launches = [event for event in profile["traceEvents"] if event["ph"] == "X" and event["cat"] != "call"]
    assert len(calls) == 60 and all(call["name"] == "train" for call in calls)
    assert len(launches) == sum(launch["count"] for launch in profile["launches"])
    assert all(launch["count"] == 60 for launch in profile["launches"])
    names = ", ".join(launch["nodes"] for launch in profile["launches"])
    assert "MatMul" in names and any("matrix product" in launch["kind"] for launch in profile["launches"])
    # Launches lie in their calls, one after the other.
    ends = [event["ts"] + event["dur"] for event in launches]
    assert all(end <= after["ts"] + 0.001 for end, after in zip(ends, launches[1:]))


def main():
    points, classes = numpy.load(POINTS), numpy.load(CLASSES)
    test_slices_are_steps(points, classes)
    test_wrong_inputs(points, classes)
    test_save_every(points)
    test_interrupt(points)
    test_progress()
    test_profile()


if __name__ == "__main__":
    main()
