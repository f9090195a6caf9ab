//===- OpsQueues.cpp - adding to queues and taking from them --------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A FIFO queue is a ring: `count` elements from place `head` on. Of a shuffled
// one the first `count` places are taken, and the last element moves to where
// one has been taken out.
//
// A program has one thread: where TensorFlow would wait until another step adds
// or takes elements, nothing ever would, so the call fails.
//
//===----------------------------------------------------------------------===//

#include "IndexChain.h"
#include "OpFamilies.h"
#include "Queues.h"
#include "RandomChain.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;
using graph::CompareDirection;

using Results = SmallVectorImpl<Value>;

namespace {
/// One op of the queue at input 0.
class QueueAccess {
public:
  explicit QueueAccess(NodeBuilder &node)
      : node(node), chain(node), queue(node.queue(0)),
        i64(node.builder().getI64Type()) {}

  LogicalResult checkQueue();
  LogicalResult enqueue(bool isMany);
  LogicalResult dequeue(Results &results);
  LogicalResult dequeueMany(bool isUpTo, Results &results);
  LogicalResult close();
  Value size() { return chain.cast(readCount(), node.builder().getI32Type()); }
  Value isClosed() { return readScalar("closed", node.builder().getI1Type()); }

private:
  Value fit(Value value, unsigned component, bool isMany);
  RankedTensorType getStorageType(unsigned component);
  FailureOr<FlatSymbolRefAttr> getStorage(unsigned component);
  Value readStorage(unsigned component);
  void assign(FlatSymbolRefAttr variable, Value value);
  FlatSymbolRefAttr getScalar(StringRef role, Type type);
  Value readScalar(StringRef role, Type type);
  Value readCount() { return readScalar("count", i64); }
  Value checkOpen(Value x);
  Value checkEnough(Value x, Value count, Value wanted);
  Value wrap(Value position);
  LogicalResult take(Value count, Value wanted, Results &results);
  LogicalResult takeFirst(Value count, Value wanted, Results &results);
  LogicalResult takeAny(Value count, Value wanted, Results &results);
  Value draw(Value wanted);
  std::pair<Value, Value> shuffle(Value count, Value words);
  std::string say(StringRef text) const {
    return ("queue \"" + queue.name + "\" " + text).str();
  }

  NodeBuilder &node;
  IndexChain chain;
  Queue &queue;
  Type i64;
};
} // namespace

//===----------------------------------------------------------------------===//
// What a queue holds
//===----------------------------------------------------------------------===//

/// An error unless the queue can be made, and the node's types are its.
LogicalResult QueueAccess::checkQueue() {
  // The places are made when the instance is.
  constexpr int64_t maxBytes = int64_t(1) << 30;
  if (queue.capacity < 1)
    return node.error() << "expected " << say("to have a capacity")
                        << ": queues without a limit are not supported";
  if (queue.minAfterDequeue < 0 || queue.minAfterDequeue >= queue.capacity)
    return node.error() << "expected min_after_dequeue of "
                        << say("to be less than its capacity");
  for (const QueueComponent &component : queue.components) {
    if (!component.elementType)
      return node.error() << say("has an element type that is not supported");
    if (!component.shape)
      continue;
    int64_t bytes = queue.capacity *
                    ((component.elementType.getIntOrFloatBitWidth() + 7) / 8);
    for (int64_t dim : *component.shape)
      if (llvm::MulOverflow(bytes, dim, bytes) || bytes > maxBytes)
        return node.error() << say("has room for more than ") << maxBytes
                            << " bytes: give it a smaller capacity";
  }
  return success();
}

/// The type of the tensor with all places of a component; null if the shape is
/// not known.
RankedTensorType QueueAccess::getStorageType(unsigned component) {
  const auto &[elementType, shape] = queue.components[component];
  if (!shape)
    return {};
  SmallVector<int64_t> dims = {queue.capacity};
  llvm::append_range(dims, *shape);
  return RankedTensorType::get(dims, elementType);
}

FailureOr<FlatSymbolRefAttr> QueueAccess::getStorage(unsigned component) {
  RankedTensorType type = getStorageType(component);
  if (!type)
    return node.error() << "the shape of component " << component << " of "
                        << say("is not known")
                        << ": expected attribute \"shapes\" at its node, or an "
                           "entry point before that adds an element of a shape "
                           "that is known at compile time";
  std::string role = "elements";
  if (queue.components.size() > 1)
    role += "_" + std::to_string(component);
  return node.hiddenVariable(
      queue.node, role,
      DenseElementsAttr::get(
          type, node.builder().getZeroAttr(type.getElementType())));
}

Value QueueAccess::readStorage(unsigned component) {
  FailureOr<FlatSymbolRefAttr> storage = getStorage(component);
  if (failed(storage))
    return {};
  return node
      .ordered(graph::ReadOp::create(node.builder(), node.loc(),
                                     getStorageType(component),
                                     storage->getValue()))
      .getValue();
}

void QueueAccess::assign(FlatSymbolRefAttr variable, Value value) {
  node.ordered(graph::AssignOp::create(node.builder(), node.loc(),
                                       variable.getValue(), value));
}

FlatSymbolRefAttr QueueAccess::getScalar(StringRef role, Type type) {
  auto scalar = RankedTensorType::get({}, type);
  return node.hiddenVariable(
      queue.node, role,
      DenseElementsAttr::get(scalar, node.builder().getZeroAttr(type)));
}

Value QueueAccess::readScalar(StringRef role, Type type) {
  FlatSymbolRefAttr variable = getScalar(role, type);
  return node
      .ordered(graph::ReadOp::create(node.builder(), node.loc(),
                                     RankedTensorType::get({}, type),
                                     variable.getValue()))
      .getValue();
}

/// A place in the ring.
Value QueueAccess::wrap(Value position) {
  return chain.op<graph::FloorModOp>({position, chain.i64(queue.capacity)});
}

//===----------------------------------------------------------------------===//
// Adding
//===----------------------------------------------------------------------===//

/// `value` as rows for the places of a component, checked.
Value QueueAccess::fit(Value value, unsigned component, bool isMany) {
  auto &[elementType, shape] = queue.components[component];
  RankedTensorType type = tensorType(value);
  if (type.getElementType() != elementType) {
    node.error() << "expected component " << component << " of "
                 << say("to be of the type ") << elementType << ", got "
                 << type;
    return {};
  }
  if (isMany && type.getRank() == 0) {
    node.error() << "expected component " << component
                 << " to have a first dim, the number of elements, got "
                 << type;
    return {};
  }
  ArrayRef<int64_t> dims = type.getShape().drop_front(isMany ? 1 : 0);
  if (!shape && !ShapedType::isDynamicShape(dims))
    shape = llvm::to_vector(dims);
  if (!shape)
    return value; // The storage is an error.
  if (dims.size() != shape->size()) {
    auto error = node.error()
                 << "expected component " << component << " of "
                 << say("to have ") << shape->size() << " dims, got " << type;
    return {};
  }
  for (auto [axis, dim] : llvm::enumerate(*shape))
    value = chain.checkSize(value, axis + (isMany ? 1 : 0), dim);
  return isMany || !value ? value : chain.expandDims(value, int64_t(0));
}

/// `x` after the check that the queue has not been closed.
Value QueueAccess::checkOpen(Value x) {
  return chain.checkTrue(x, chain.op<graph::NotOp>(isClosed()),
                         say("is closed"));
}

LogicalResult QueueAccess::enqueue(bool isMany) {
  SmallVector<Value> values = node.inputs("components");
  if (values.empty() || values.size() != queue.components.size())
    return node.error() << "expected " << queue.components.size()
                        << " components, as " << say("has") << ", got "
                        << values.size();
  for (auto [component, value] : llvm::enumerate(values)) {
    value = fit(value, component, isMany);
    if (!value)
      return failure();
  }
  for (Value &value : llvm::drop_begin(values)) {
    value = chain.checkDims(value, values.front(), int64_t(0), int64_t(0));
    if (!value)
      return failure();
  }

  Value added = chain.dim(values.front(), 0, i64);
  Value count = checkOpen(readCount());
  if (!count)
    return failure();
  Value newCount = chain.add(count, added);
  Value isRoom =
      chain.compare(CompareDirection::LE, newCount, chain.i64(queue.capacity));
  std::string full = "is full: the node would wait for ever for one of its " +
                     std::to_string(queue.capacity) + " places";
  count = chain.checkTrue(count, isRoom, say(full));
  if (!count)
    return failure();
  Value first =
      queue.isShuffled ? count : chain.add(readScalar("head", i64), count);
  Value places =
      wrap(chain.add(chain.range(chain.i64(0), added, chain.i64(1)), first));
  for (auto [component, value] : llvm::enumerate(values)) {
    Value elements = readStorage(component);
    Value written =
        chain.scatterRows(graph::ScatterKind::Update, elements, places, value);
    if (!written)
      return failure();
    assign(*getStorage(component), written);
  }
  assign(getScalar("count", i64), newCount);
  return success();
}

//===----------------------------------------------------------------------===//
// Taking
//===----------------------------------------------------------------------===//

/// `x` after the check that so many elements may be taken.
Value QueueAccess::checkEnough(Value x, Value count, Value wanted) {
  Value closed = isClosed();
  Value kept =
      chain.select(closed, chain.i64(0), chain.i64(queue.minAfterDequeue));
  Value isEnough =
      chain.compare(CompareDirection::GE, count, chain.add(wanted, kept));
  if (!isEnough)
    return {};
  Value isOpen = chain.op<graph::NotOp>(closed);
  x = chain.checkTrue(x, chain.op<graph::OrOp>({isEnough, isOpen}),
                      say("is closed and has too few elements"));
  return chain.checkTrue(
      x, isEnough, say("has too few elements: the node would wait for ever"));
}

/// Takes the first `wanted` elements, as rows.
LogicalResult QueueAccess::takeFirst(Value count, Value wanted,
                                     Results &results) {
  Value head = checkEnough(readScalar("head", i64), count, wanted);
  if (!head)
    return failure();
  Value places =
      wrap(chain.add(chain.range(chain.i64(0), wanted, chain.i64(1)), head));
  for (unsigned i = 0; i < queue.components.size(); ++i) {
    Value elements = readStorage(i);
    Value rows =
        elements && places ? chain.gather(elements, places, 0) : Value();
    if (!rows)
      return failure();
    results.push_back(rows);
  }
  assign(getScalar("head", i64), wrap(chain.add(head, wanted)));
  assign(getScalar("count", i64), chain.sub(count, wanted));
  return success();
}

/// What one of the seeds is for a generator.
static Value makeWord(NodeBuilder &node, uint64_t seed) {
  Type ui64 = node.builder().getIntegerType(64, /*isSigned=*/false);
  return node.constant(DenseElementsAttr::get(RankedTensorType::get({1}, ui64),
                                              APInt(64, seed)));
}

/// The next words of the queue's generator, one per element.
Value QueueAccess::draw(Value wanted) {
  RandomChain random(node);
  Value drawn = readScalar("drawn", i64);
  // A block has four words, of which some may have been used.
  Value used = chain.op<graph::FloorModOp>({drawn, chain.i64(4)});
  Value block = chain.op<graph::FloorDivOp>({drawn, chain.i64(4)});
  Value numWords = chain.expandDims(chain.add(used, wanted), int64_t(0));
  Type ui32 = node.builder().getIntegerType(32, /*isSigned=*/false);
  Type ui64 = node.builder().getIntegerType(64, /*isSigned=*/false);
  Value counter =
      chain.concat({chain.expandDims(chain.cast(block, ui64), int64_t(0)),
                    makeWord(node, queue.seed2)},
                   0);
  Generator generator = {makeWord(node, queue.seed), counter};
  Value words =
      chain.op<graph::SliceOp>({random.bits(generator, numWords, ui32),
                                chain.expandDims(used, int64_t(0)),
                                chain.expandDims(wanted, int64_t(0))});
  if (!words)
    return {};
  assign(getScalar("drawn", i64), chain.add(drawn, wanted));
  return chain.cast(words, i64);
}

/// Takes one element after the other at random: which places they come from,
/// and which place's element each place has then. The last element moves to
/// the place of one that is taken.
std::pair<Value, Value> QueueAccess::shuffle(Value count, Value words) {
  Value numTaken = chain.dim(words, 0, i64);
  Value order =
      chain.range(chain.i64(0), chain.i64(queue.capacity), chain.i64(1));
  Value taken = chain.op<graph::MulOp>({words, chain.i64(0)});
  if (!numTaken || !order || !taken)
    return {};
  SmallVector<Value> inits = {chain.i64(0), order, taken};
  auto loop = graph::WhileOp::create(node.builder(), node.loc(),
                                     ValueRange(inits).getTypes(), inits,
                                     /*hasToken=*/false);
  OpBuilder::InsertionGuard guard(node.builder());
  Block &condition = loop.getConditionBlock(), &body = loop.getBodyBlock();
  node.builder().setInsertionPointToEnd(&condition);
  graph::ConditionOp::create(
      node.builder(), node.loc(),
      chain.compare(CompareDirection::LT, condition.getArgument(0), numTaken));

  node.builder().setInsertionPointToEnd(&body);
  Value i = body.getArgument(0);
  Value places = body.getArgument(1), from = body.getArgument(2);
  Value rest = chain.sub(count, i);
  Value place = chain.op<graph::FloorModOp>({chain.gather(words, i, 0), rest});
  auto set = [&](Value vector, Value position, Value value) {
    return chain.scatterRows(graph::ScatterKind::Update, vector,
                             chain.expandDims(position, int64_t(0)),
                             chain.expandDims(value, int64_t(0)));
  };
  Value last = chain.gather(places, chain.sub(rest, chain.i64(1)), 0);
  SmallVector<Value> next = {chain.add(i, chain.i64(1)),
                             set(places, place, last),
                             set(from, i, chain.gather(places, place, 0))};
  if (llvm::is_contained(next, Value()))
    return {};
  graph::YieldOp::create(node.builder(), node.loc(), next);
  return {loop.getResult(2), loop.getResult(1)};
}

/// Takes `wanted` elements, as rows, each a random one of those that are left.
LogicalResult QueueAccess::takeAny(Value count, Value wanted,
                                   Results &results) {
  count = checkEnough(count, count, wanted);
  if (!count)
    return failure();
  Value words = draw(wanted);
  if (!words)
    return failure();
  auto [from, order] = shuffle(count, words);
  if (!from || !order)
    return failure();
  for (unsigned i = 0; i < queue.components.size(); ++i) {
    Value elements = readStorage(i);
    Value rows = elements ? chain.gather(elements, from, 0) : Value();
    Value moved = elements ? chain.gather(elements, order, 0) : Value();
    if (!rows || !moved)
      return failure();
    results.push_back(rows);
    assign(*getStorage(i), moved);
  }
  assign(getScalar("count", i64), chain.sub(count, wanted));
  return success();
}

/// Takes `wanted` elements, as rows. The node's types must be the queue's.
LogicalResult QueueAccess::take(Value count, Value wanted, Results &results) {
  SmallVector<Type> types = node.typeListAttr("component_types");
  bool areSame = types.size() == queue.components.size();
  for (auto [type, component] : llvm::zip(types, queue.components))
    areSame &= type == component.elementType;
  if (!areSame)
    return node.error() << "expected attribute component_types to be the "
                           "types that "
                        << say("has");
  if (!count || !wanted)
    return failure();
  return queue.isShuffled ? takeAny(count, wanted, results)
                          : takeFirst(count, wanted, results);
}

LogicalResult QueueAccess::dequeue(Results &results) {
  SmallVector<Value> rows;
  if (failed(take(readCount(), chain.i64(1), rows)))
    return failure();
  for (Value row : rows)
    if (failed(chain.give(results, chain.squeeze(row, int64_t(0)))))
      return failure();
  return success();
}

LogicalResult QueueAccess::dequeueMany(bool isUpTo, Results &results) {
  if (failed(expectRank(node, 1, 0)))
    return failure();
  Value wanted = chain.cast(
      chain.checkAtLeast(node.input(1), 0, "a number of elements"), i64);
  Value count = readCount();
  if (!isUpTo || !wanted)
    return take(count, wanted, results);
  // What a closed queue has left is enough, if it is anything.
  Value closed = isClosed();
  Value left = chain.max(count, chain.i64(1));
  wanted = chain.select(closed, chain.min(wanted, left), wanted);
  return take(count, wanted, results);
}

LogicalResult QueueAccess::close() {
  Value yes = node.splat(node.builder().getI1Type(), 1);
  assign(getScalar("closed", node.builder().getI1Type()), yes);
  return success();
}

//===----------------------------------------------------------------------===//
// Builders
//===----------------------------------------------------------------------===//

static LogicalResult buildQueue(NodeBuilder &node, Results &results) {
  results.push_back(Value());
  return success();
}

template <bool isMany>
static LogicalResult buildEnqueue(NodeBuilder &node, Results &results) {
  QueueAccess queue(node);
  return success(succeeded(queue.checkQueue()) &&
                 succeeded(queue.enqueue(isMany)));
}

static LogicalResult buildDequeue(NodeBuilder &node, Results &results) {
  QueueAccess queue(node);
  return success(succeeded(queue.checkQueue()) &&
                 succeeded(queue.dequeue(results)));
}

template <bool isUpTo>
static LogicalResult buildDequeueMany(NodeBuilder &node, Results &results) {
  QueueAccess queue(node);
  return success(succeeded(queue.checkQueue()) &&
                 succeeded(queue.dequeueMany(isUpTo, results)));
}

static LogicalResult buildSize(NodeBuilder &node, Results &results) {
  results.push_back(QueueAccess(node).size());
  return success();
}

static LogicalResult buildIsClosed(NodeBuilder &node, Results &results) {
  results.push_back(QueueAccess(node).isClosed());
  return success();
}

static LogicalResult buildClose(NodeBuilder &node, Results &results) {
  return QueueAccess(node).close();
}

/// Adds the ops on queues whose handles are of the type `handle`.
static void addOps(OpTable &table, StringRef suffix, StringRef handle) {
  bool isReference = handle != "resource";
  auto add = [&](StringRef name, StringRef inputs, StringRef rest,
                 BuildFn build) -> OpInfo & {
    OpInfo &info =
        table.add((name + suffix).str(),
                  ("handle: " + handle + inputs + " -> " + rest).str(), build);
    return isReference ? info.strings() : info;
  };
  auto declare = [&](StringRef name, StringRef more) {
    OpInfo &info =
        table
            .add((name + suffix).str(),
                 ("-> handle: " + handle +
                  "; component_types: list(type), capacity: int = -1" + more)
                     .str(),
                 buildQueue)
            .note("with a capacity, of elements of one static shape; starts "
                  "empty with each instance");
    if (isReference)
      info.strings();
  };
  declare("FIFOQueue", "");
  declare("RandomShuffleQueue",
          ", min_after_dequeue: int = 0, seed: int = 0, seed2: int = 0");

  constexpr StringLiteral full = "where it would wait for ever, the call fails";
  StringRef added = ", components: Tcomponents";
  StringRef addedTypes = "; Tcomponents: list(type)";
  add("QueueEnqueue", added, addedTypes, buildEnqueue<false>)
      .updates(0)
      .note(full);
  add("QueueEnqueueMany", added, addedTypes, buildEnqueue<true>)
      .updates(0)
      .note(full);
  StringRef taken = "components: component_types; component_types: list(type)";
  add("QueueDequeue", "", taken, buildDequeue).draws(0).note(full);
  add("QueueDequeueMany", ", n: int32", taken, buildDequeueMany<false>)
      .draws(0)
      .note(full);
  add("QueueDequeueUpTo", ", n: int32", taken, buildDequeueMany<true>)
      .draws(0)
      .note(full);
  add("QueueClose", "", "", buildClose).updates(0);
  add("QueueSize", "", "size: int32", buildSize).reads(0);
  add("QueueIsClosed", "", "is_closed: bool", buildIsClosed).reads(0);
}

void tensorflow::registerQueueOps(OpTable &table) {
  addOps(table, "V2", "resource");
  // The form of TensorFlow 1, whose handles are references to strings.
  addOps(table, "", "Ref(string)");
}
