#!/usr/bin/env python3
# ===- linear.py - makes the SavedModel in linear/ ------------------------===//
#
# Part of the graph-compile project, under the Apache License v2.0 with LLVM
# Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------===//
"""A linear model with two signatures: one predicts, one takes a step of training. Needs TensorFlow; compiling the
model does not."""

import tensorflow as tf

FLOATS = tf.TensorSpec([None], tf.float32)


class Linear(tf.Module):
    def __init__(self):
        super().__init__()
        self.slope = tf.Variable(1.0, name="slope")
        self.offset = tf.Variable(0.0, name="offset")

    @tf.function(input_signature=[FLOATS])
    def predict(self, x):
        return {"y": self.slope * x + self.offset}

    @tf.function(input_signature=[FLOATS, FLOATS])
    def fit(self, x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self.predict(x)["y"] - y))
        variables = [self.slope, self.offset]
        for variable, gradient in zip(variables, tape.gradient(loss, variables)):
            variable.assign_sub(0.1 * gradient)
        return {"loss": loss}


if __name__ == "__main__":
    model = Linear()
    tf.saved_model.save(model, "linear", signatures={"predict": model.predict, "fit": model.fit})
