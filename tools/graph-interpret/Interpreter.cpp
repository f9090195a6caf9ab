//===- Interpreter.cpp - runs a graph in an order drawn by chance ---------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Interpreter.h"

#include "PureOps.h"
#include "graph-compile/Support/NodeLocation.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::interpret;

/// A loop that runs longer than any of the tests is one that does not end.
static constexpr unsigned kMaxIterations = 1'000'000;

Instance::Instance(ModuleOp module, uint64_t seed)
    : module(module), chance(seed) {
  for (auto variable : module.getOps<graph::VariableOp>())
    if (auto initial = variable.getInitialValue())
      variables[variable.getSymName().str()] = makeTensor(*initial);
  for (auto function : module.getOps<graph::FuncOp>())
    if (function.getInitializer())
      failure = call(function, {}).failure;
}

CallResult Instance::call(graph::FuncOp function, std::vector<Tensor> inputs) {
  CallResult result;
  values.clear();
  prints.clear();
  failure.clear();
  Block &block = function.getBlock();
  for (auto [argument, input] : llvm::zip_equal(block.getArguments(), inputs))
    values[argument] = std::move(input);
  if (runBlock(block))
    for (Value value :
         cast<graph::ReturnOp>(block.getTerminator()).getOperands())
      if (isa<RankedTensorType>(value.getType()))
        result.outputs.push_back(values.at(value));
  result.failure = failure;
  result.prints = prints;
  return result;
}

/// Takes a copy: a reference into the map dies when the map grows.
void Instance::set(Value value, Tensor tensor) {
  values[value] = std::move(tensor);
}

bool Instance::fail(Operation *op, const Twine &reason) {
  failure = (getNodeName(op->getLoc()) + ": " + reason).str();
  return false;
}

/// The ops of `block` that `op`, or an op in its regions, takes values from.
static SmallVector<Operation *> findSources(Operation *op, Block &block) {
  llvm::SetVector<Operation *> sources;
  op->walk([&](Operation *inner) {
    for (Value operand : inner->getOperands())
      if (Operation *source = operand.getDefiningOp())
        if (source->getBlock() == &block)
          sources.insert(source);
  });
  return sources.takeVector();
}

bool Instance::runBlock(Block &block) {
  llvm::DenseMap<Operation *, unsigned> numMissing;
  llvm::DenseMap<Operation *, SmallVector<Operation *, 2>> users;
  SmallVector<Operation *> ready;
  for (Operation &op : block) {
    SmallVector<Operation *> sources = findSources(&op, block);
    numMissing[&op] = sources.size();
    for (Operation *source : sources)
      users[source].push_back(&op);
    if (sources.empty())
      ready.push_back(&op);
  }
  while (!ready.empty()) {
    std::swap(ready[chance() % ready.size()], ready.back());
    Operation *op = ready.pop_back_val();
    if (!op->hasTrait<OpTrait::IsTerminator>() && !runOp(op))
      return false;
    for (Operation *user : users[op])
      if (--numMissing[user] == 0)
        ready.push_back(user);
  }
  return true;
}

bool Instance::runOp(Operation *op) {
  return llvm::TypeSwitch<Operation *, bool>(op)
      .Case([](graph::JoinOp) { return true; })
      .Case([&](graph::ReadOp read) { return runRead(read); })
      .Case([&](graph::AssignOp write) {
        auto old = variables.find(write.getVariable().str());
        if (write.getKeepShape() && old != variables.end() &&
            old->second.shape != values.find(write.getX())->second.shape)
          return fail(write, "assigns a value of another shape");
        return runWrite(write, write.getVariable(), write.getX(), 0);
      })
      .Case([&](graph::AssignAddOp write) {
        return runWrite(write, write.getVariable(), write.getX(), 1);
      })
      .Case([&](graph::AssignSubOp write) {
        return runWrite(write, write.getVariable(), write.getX(), -1);
      })
      .Case([&](graph::IsInitializedOp query) {
        Tensor answer = makeTensor(IntegerType::get(op->getContext(), 1), {});
        answer.integers[0] = variables.count(query.getVariable().str());
        values[query.getValue()] = std::move(answer);
        return true;
      })
      .Case([&](graph::AssertOp assertion) { return runAssert(assertion); })
      .Case([&](graph::PrintOp print) { return runPrint(print); })
      .Case([&](graph::IfOp conditional) {
        bool holds = values.at(conditional.getCondition()).integers[0];
        return runBranch(op, holds ? conditional.getThenRegion()
                                   : conditional.getElseRegion());
      })
      .Case([&](graph::CaseOp conditional) {
        int64_t index = values.at(conditional.getIndex()).integers[0];
        int64_t last = conditional.getBranches().size() - 1;
        return runBranch(
            op, conditional
                    .getBranches()[index < 0 || index > last ? last : index]);
      })
      .Case([&](graph::WhileOp loop) { return runLoop(loop); })
      .Default([&](Operation *) { return runPure(op); });
}

bool Instance::runPure(Operation *op) {
  SmallVector<const Tensor *> operands;
  for (Value operand : op->getOperands())
    if (isa<RankedTensorType>(operand.getType()))
      operands.push_back(&values.find(operand)->second);
  llvm::Expected<SmallVector<Tensor, 1>> results = computeOp(op, operands);
  if (!results)
    return fail(op, llvm::toString(results.takeError()));
  for (auto [value, tensor] : llvm::zip(op->getResults(), *results))
    values[value] = std::move(tensor);
  return true;
}

//===----------------------------------------------------------------------===//
// Effects
//===----------------------------------------------------------------------===//

bool Instance::runRead(graph::ReadOp op) {
  auto found = variables.find(op.getVariable().str());
  if (found == variables.end())
    return fail(op, "reads a variable that nothing has set");
  set(op.getValue(), found->second);
  return true;
}

/// Sets the variable to `x`, or adds it so many times.
bool Instance::runWrite(Operation *op, StringRef variable, Value x, int sign) {
  const Tensor &value = values.find(x)->second;
  if (sign == 0) {
    variables[variable.str()] = value;
    return true;
  }
  auto found = variables.find(variable.str());
  if (found == variables.end())
    return fail(op, "updates a variable that nothing has set");
  Tensor &current = found->second;
  if (current.shape != value.shape)
    return fail(op, "updates a variable with a value of another shape");
  for (size_t i = 0, e = current.size(); i != e; ++i) {
    if (current.isFloat())
      current.set(i, current.floats[i] + sign * value.floats[i]);
    else
      current.set(i, int64_t(uint64_t(current.integers[i]) +
                             uint64_t(sign) * uint64_t(value.integers[i])));
  }
  return true;
}

std::string Instance::describe(ArrayAttr text, ValueRange data) {
  std::string description;
  for (Attribute piece : text) {
    if (auto literal = dyn_cast<StringAttr>(piece))
      description += literal.getValue();
    else
      description += llvm::formatv(
          "{0}", toJson(values.at(data[cast<IntegerAttr>(piece).getInt()])));
  }
  return description;
}

bool Instance::runAssert(graph::AssertOp op) {
  if (values.at(op.getCondition()).integers[0])
    return true;
  return fail(op, "assertion failed: " + describe(op.getText(), op.getData()));
}

bool Instance::runPrint(graph::PrintOp op) {
  prints.push_back(describe(op.getText(), op.getData()));
  return true;
}

//===----------------------------------------------------------------------===//
// Conditionals and loops
//===----------------------------------------------------------------------===//

bool Instance::runBranch(Operation *op, Region &branch) {
  if (!runBlock(branch.front()))
    return false;
  auto yield = cast<graph::YieldOp>(branch.front().getTerminator());
  for (auto [result, value] : llvm::zip(op->getResults(), yield.getValues()))
    set(result, values.at(value));
  return true;
}

bool Instance::runLoop(graph::WhileOp op) {
  std::vector<Tensor> carried;
  for (Value init : op.getInits())
    carried.push_back(values.at(init));
  for (unsigned iteration = 0; iteration != kMaxIterations; ++iteration) {
    for (auto [argument, value] :
         llvm::zip_equal(op.getConditionBlock().getArguments(), carried))
      values[argument] = value;
    if (!runBlock(op.getConditionBlock()))
      return false;
    if (!values.at(op.getConditionOp().getCondition()).integers[0]) {
      for (auto [result, value] : llvm::zip(op.getValues(), carried))
        values[result] = std::move(value);
      return true;
    }
    for (auto [argument, value] :
         llvm::zip_equal(op.getBodyBlock().getArguments(), carried))
      values[argument] = std::move(value);
    if (!runBlock(op.getBodyBlock()))
      return false;
    for (auto [value, next] :
         llvm::zip_equal(carried, op.getYield().getValues()))
      value = values.at(next);
  }
  return fail(op, "the loop does not end");
}
