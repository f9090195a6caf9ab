//===- onednn.cpp - oneDNN's matmul primitives as contender ---------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// onednn INPUT WEIGHTS ROWS COLUMNS LAYER..: serves a chain of dense layers on
// ROWS rows of COLUMNS floats. LAYER is UNITS, then a letter for each thing
// that follows the product: b for a bias, r for relu. WEIGHTS has, layer by
// layer, the matrix and the bias. Weights are in the layout that oneDNN asks
// for (format_any), arithmetic is strict f32.
//
//===----------------------------------------------------------------------===//

#include "serve.h"

#include "oneapi/dnnl/dnnl.hpp"

#include <string>
#include <unordered_map>
#include <vector>

using namespace dnnl;
using Tag = memory::format_tag;

namespace {
struct Layer {
  matmul primitive;
  std::unordered_map<int, memory> arguments;
};

struct Chain {
  engine cpu{engine::kind::cpu, 0};
  stream queue{cpu};
  std::vector<Layer> layers;
  std::vector<float> last;
};
} // namespace

static memory::desc describe(memory::dims dims, Tag tag) {
  return {dims, memory::data_type::f32, tag};
}

/// Appends a layer and returns its result.
static memory addLayer(Chain &chain, const memory &source, float *&weights,
                       memory::dim units, const std::string &extras) {
  memory::dim rows = source.get_desc().get_dims()[0];
  memory::dim depth = source.get_desc().get_dims()[1];
  primitive_attr attributes;
  attributes.set_fpmath_mode(fpmath_mode::strict);
  if (extras.find('r') != std::string::npos) {
    post_ops after;
    after.append_eltwise(algorithm::eltwise_relu, 0, 0);
    attributes.set_post_ops(after);
  }
  bool hasBias = extras.find('b') != std::string::npos;
  memory::desc packed = describe({depth, units}, Tag::any);
  memory::desc target = describe({rows, units}, Tag::ab);
  memory::desc biasDesc = describe({1, units}, Tag::ab);
  matmul::primitive_desc primitive =
      hasBias ? matmul::primitive_desc(chain.cpu, source.get_desc(), packed,
                                       biasDesc, target, attributes)
              : matmul::primitive_desc(chain.cpu, source.get_desc(), packed,
                                       target, attributes);

  memory plain(describe({depth, units}, Tag::ab), chain.cpu, weights);
  weights += depth * units;
  memory inLayout(primitive.weights_desc(), chain.cpu);
  reorder(plain, inLayout).execute(chain.queue, plain, inLayout);
  chain.queue.wait();
  memory result(target, chain.cpu);
  Layer layer{matmul(primitive),
              {{DNNL_ARG_SRC, source},
               {DNNL_ARG_WEIGHTS, inLayout},
               {DNNL_ARG_DST, result}}};
  if (hasBias) {
    layer.arguments[DNNL_ARG_BIAS] = memory(biasDesc, chain.cpu, weights);
    weights += units;
  }
  chain.layers.push_back(std::move(layer));
  return result;
}

static void run(void *user) {
  auto *chain = static_cast<Chain *>(user);
  for (Layer &layer : chain->layers)
    layer.primitive.execute(chain->queue, layer.arguments);
  chain->queue.wait();
}

static const float *getResult(void *user, size_t *count) {
  auto *chain = static_cast<Chain *>(user);
  memory &result = chain->layers.back().arguments.at(DNNL_ARG_DST);
  *count = result.get_desc().get_size() / sizeof(float);
  return static_cast<const float *>(result.get_data_handle());
}

int main(int argc, char **argv) {
  if (argc < 6) {
    fprintf(stderr, "usage: onednn INPUT WEIGHTS ROWS COLUMNS LAYER..\n");
    return 2;
  }
  Chain chain;
  size_t count;
  float *input = read_floats(argv[1], &count);
  float *weights = read_floats(argv[2], &count);
  memory value(describe({atol(argv[3]), atol(argv[4])}, Tag::ab), chain.cpu,
               input);
  for (int i = 5; i < argc; ++i) {
    char *extras;
    memory::dim units = strtol(argv[i], &extras, 10);
    value = addLayer(chain, value, weights, units, extras);
  }
  const version_t *v = version();
  std::string name = "oneDNN " + std::to_string(v->major) + "." +
                     std::to_string(v->minor) + "." + std::to_string(v->patch);
  return serve(name.c_str(), run, getResult, &chain);
}
