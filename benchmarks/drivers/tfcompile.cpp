//===- tfcompile.cpp - TensorFlow's ahead-of-time compiler as contender ---===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// tfcompile INPUT THREADS: serves the class `Model` of the header model.h that
// tfcompile wrote, of one argument and one result, on the floats in INPUT.
//
//===----------------------------------------------------------------------===//

#define EIGEN_USE_THREADS

#include "serve.h"

#include "model.h"
#include "unsupported/Eigen/CXX11/Tensor"

static void run(void *user) {
  auto *model = static_cast<Model *>(user);
  if (!model->Run()) {
    fprintf(stderr, "%s\n", model->error_msg().c_str());
    exit(1);
  }
}

static const float *getResult(void *user, size_t *count) {
  auto *model = static_cast<Model *>(user);
  *count = static_cast<size_t>(model->result0_count());
  return model->result0_data();
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: tfcompile INPUT THREADS\n");
    return 2;
  }
  int threads = atoi(argv[2]);
  Eigen::ThreadPool pool(threads);
  Eigen::ThreadPoolDevice device(&pool, threads);
  // Arguments are set below and not copied; results and what lies between are
  // the model's own.
  Model model(Model::AllocMode::RESULTS_PROFILES_AND_TEMPS_ONLY);
  if (threads > 1)
    model.set_thread_pool(&device);
  size_t count;
  model.set_arg0_data(read_floats(argv[1], &count));
  return serve(CONTENDER, run, getResult, &model);
}
