#!/usr/bin/env python3
# ===- classifier.py - makes the SavedModel in classifier/ and its data ----===//
#
# Part of the graph-compile project, under the Apache License v2.0 with LLVM
# Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------===//
"""Tells points of two spirals apart: one signature takes a step of training (batch normalization, Adam), one predicts.
Needs TensorFlow; compiling the model and training it do not."""

import numpy as np
import tensorflow as tf

STEPS, BATCH, HIDDEN = 60, 32, 24
POINTS = tf.TensorSpec([None, 2], tf.float32, name="points")
CLASSES = tf.TensorSpec([None], tf.int32, name="classes")


class Classifier(tf.Module):
    def __init__(self, random):
        super().__init__()

        def weight(name, value):
            return tf.Variable(np.asarray(value, np.float32), name=name)

        def zeros(name, shape):
            return tf.Variable(tf.zeros(shape), name=name, trainable=False)

        self.trained = [
            weight("hidden", random.normal(size=(2, HIDDEN))),
            weight("scale", np.ones(HIDDEN)),
            weight("shift", np.zeros(HIDDEN)),
            weight("output", random.normal(size=(HIDDEN, 2)) / HIDDEN**0.5),
            weight("bias", np.zeros(2)),
        ]
        self.mean = zeros("moving_mean", HIDDEN)
        self.variance = tf.Variable(tf.ones(HIDDEN), name="moving_variance", trainable=False)
        self.first = [zeros(v.name.split(":")[0] + "_adam_m", v.shape) for v in self.trained]
        self.second = [zeros(v.name.split(":")[0] + "_adam_v", v.shape) for v in self.trained]
        self.step = tf.Variable(0.0, name="step", trainable=False)

    def scores(self, points, mean, variance):
        hidden, scale, shift, output, bias = self.trained
        x = tf.matmul(points, hidden)
        if mean is None:
            mean, variance = tf.nn.moments(x, [0])
            self.mean.assign(0.9 * self.mean + 0.1 * mean)
            self.variance.assign(0.9 * self.variance + 0.1 * variance)
        x = tf.nn.batch_normalization(x, mean, variance, shift, scale, 1e-3)
        return tf.matmul(tf.tanh(x), output) + bias

    def adam(self, gradients):
        self.step.assign_add(1.0)
        rate = 0.05 * tf.sqrt(1 - 0.999**self.step) / (1 - 0.9**self.step)
        for v, g, m1, m2 in zip(self.trained, gradients, self.first, self.second):
            m1.assign(0.9 * m1 + 0.1 * g)
            m2.assign(0.999 * m2 + 0.001 * tf.square(g))
            v.assign_sub(rate * m1 / (tf.sqrt(m2) + 1e-7))

    @tf.function(input_signature=[POINTS, CLASSES])
    def train(self, points, classes):
        with tf.GradientTape() as tape:
            scores = self.scores(points, None, None)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(classes, scores)
            loss = tf.reduce_mean(losses)
        self.adam(tape.gradient(loss, self.trained))
        return {"loss": loss}

    @tf.function(input_signature=[POINTS])
    def predict(self, points):
        scores = self.scores(points, self.mean, self.variance)
        return {"classes": tf.argmax(scores, 1, output_type=tf.int32)}


def make_points(random, count):
    classes = random.integers(0, 2, count)
    turn = random.uniform(0.2, 1, count)
    angle = 4 * turn + np.pi * classes
    points = np.stack([turn * np.cos(angle), turn * np.sin(angle)], -1)
    points += random.normal(size=points.shape) * 0.01
    return points.astype(np.float32), classes.astype(np.int32)


if __name__ == "__main__":
    generator = np.random.default_rng(1)
    model = Classifier(generator)
    tf.saved_model.save(model, "classifier", signatures={"train": model.train, "predict": model.predict})
    # One batch for each step.
    points, classes = make_points(generator, STEPS * BATCH)
    np.save("points.npy", points.reshape(STEPS, BATCH, 2))
    np.save("classes.npy", classes.reshape(STEPS, BATCH))
