//===- HeaderSupport.cpp - what all generated headers share --------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HeaderSupport.h"

llvm::StringRef graph_compile::getHeaderSupport() {
  return R"cpp(#ifndef GCRT_CPP_SUPPORT
#define GCRT_CPP_SUPPORT

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#ifdef GCRT_EXCEPTIONS
#include <stdexcept>
#endif

namespace gcrt {

/* A borrowed row of elements: what std::span is from C++20 on. */
template <typename T> class Span {
public:
  Span() = default;
  Span(T *data, size_t size) : data_(data), size_(size) {}
  template <size_t N> Span(T (&array)[N]) : data_(array), size_(N) {}
  /* From std::vector, std::array, std::span and their likes. */
  template <typename Container,
            typename = std::enable_if_t<std::is_convertible<
                decltype(std::declval<Container &>().data()), T *>::value>>
  Span(Container &&container)
      : data_(container.data()), size_(container.size()) {}

  T *data() const { return data_; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T *begin() const { return data_; }
  T *end() const { return data_ + size_; }
  T &operator[](size_t index) const { return data_[index]; }

private:
  T *data_ = nullptr;
  size_t size_ = 0;
};

/* A borrowed row-major tensor: its elements and the size of each dimension. */
template <typename T, size_t Rank> class View {
public:
  View() = default;
  View(Span<T> elements, const std::array<int64_t, Rank> &dims)
      : elements_(elements), dims_(dims) {}

  T *data() const { return elements_.data(); }
  size_t size() const { return elements_.size(); }
  T *begin() const { return elements_.begin(); }
  T *end() const { return elements_.end(); }
  T &operator[](size_t index) const { return elements_[index]; }
  const std::array<int64_t, Rank> &dims() const { return dims_; }
  /* Whether there are as many elements as the dimensions say. */
  bool isWhole() const {
    uint64_t count = 1;
    for (int64_t dim : dims_)
      if (dim < 0 || (dim > 0 && count > UINT64_MAX / uint64_t(dim)))
        return false;
      else
        count *= uint64_t(dim);
    return count == elements_.size();
  }

private:
  Span<T> elements_;
  std::array<int64_t, Rank> dims_{};
};

/* One output of a call. */
template <typename T, size_t Rank> struct Output {
  Span<T> buffer; /* set before the call: where the value should go; empty: the
                     instance keeps it until its next call */
  View<const T, Rank> value; /* set by the call */
  uint64_t bytes = 0;        /* set by the call: size of the value */

  /* For callers that have no use for `buffer`. */
  const T *data() const { return value.data(); }
  size_t size() const { return value.size(); }
  const T *begin() const { return value.begin(); }
  const T *end() const { return value.end(); }
  const T &operator[](size_t index) const { return value[index]; }
  const T &operator*() const { return value[0]; }
  const std::array<int64_t, Rank> &dims() const { return value.dims(); }
};

/* The bits of the types that C++ has no name for. */
enum class float16 : uint16_t {};
enum class bfloat16 : uint16_t {};

template <typename T> struct DtypeOf;
template <> struct DtypeOf<double> { static constexpr uint32_t value = GCRT_F64; };
template <> struct DtypeOf<float> { static constexpr uint32_t value = GCRT_F32; };
template <> struct DtypeOf<float16> { static constexpr uint32_t value = GCRT_F16; };
template <> struct DtypeOf<bfloat16> { static constexpr uint32_t value = GCRT_BF16; };
template <> struct DtypeOf<int64_t> { static constexpr uint32_t value = GCRT_I64; };
template <> struct DtypeOf<int32_t> { static constexpr uint32_t value = GCRT_I32; };
template <> struct DtypeOf<int16_t> { static constexpr uint32_t value = GCRT_I16; };
template <> struct DtypeOf<int8_t> { static constexpr uint32_t value = GCRT_I8; };
template <> struct DtypeOf<uint64_t> { static constexpr uint32_t value = GCRT_U64; };
template <> struct DtypeOf<uint32_t> { static constexpr uint32_t value = GCRT_U32; };
template <> struct DtypeOf<uint16_t> { static constexpr uint32_t value = GCRT_U16; };
template <> struct DtypeOf<uint8_t> { static constexpr uint32_t value = GCRT_U8; };
template <> struct DtypeOf<bool> { static constexpr uint32_t value = GCRT_BOOL; };

#ifdef GCRT_EXCEPTIONS
/* What a failed call throws if GCRT_EXCEPTIONS is defined. */
class Error : public std::runtime_error {
public:
  Error(gcrt_status status, const char *message)
      : std::runtime_error(message), status_(status) {}
  gcrt_status status() const { return status_; }

private:
  gcrt_status status_;
};
#endif

/* Owns an instance of a model: its variables and its memory. Every call returns
 * a gcrt_status, and lastError() says why it failed; with GCRT_EXCEPTIONS
 * defined (in all sources of a program or in none) a failure throws. Used by one
 * thread at a time. */
class Instance {
public:
  explicit Instance(const gcrt_model &model) : model_(&model) {}
  Instance(Instance &&other) noexcept
      : model_(other.model_), instance_(other.instance_) {
    other.instance_ = nullptr;
  }
  Instance &operator=(Instance &&other) noexcept {
    std::swap(model_, other.model_);
    std::swap(instance_, other.instance_);
    return *this;
  }
  Instance(const Instance &) = delete;
  Instance &operator=(const Instance &) = delete;
  ~Instance() { gcrt_destroy(instance_); }

  /* Makes the instance: nothing else can be called before. */
  gcrt_status create(gcrt_options options = gcrt_options()) {
    gcrt_destroy(instance_);
    instance_ = nullptr;
    if (!options.message) {
      options.message = message_;
      options.message_bytes = sizeof(message_);
    }
    return done(gcrt_create(model_, &options, &instance_));
  }

  /* Why the last call that failed did. */
  const char *lastError() const {
    return problem_     ? problem_
           : instance_ ? gcrt_last_error(instance_)
                       : message_;
  }

  /* The value of a variable, row-major; valid until the next call. As a View or
   * a gcrt_tensor it comes with the sizes that it has now. */
  template <typename T>
  gcrt_status get(const char *name, Span<const T> *value) {
    gcrt_tensor tensor;
    gcrt_status status = get(name, &tensor);
    if (status != GCRT_OK)
      return status;
    if (tensor.dtype != DtypeOf<T>::value)
      return refuse("the variable has another element type");
    *value = Span<const T>(static_cast<const T *>(tensor.data), count(tensor));
    return GCRT_OK;
  }
  gcrt_status get(const char *name, gcrt_tensor *value) {
    uint32_t variable;
    gcrt_status status = find(name, &variable);
    if (status != GCRT_OK)
      return status;
    return done(gcrt_get_variable(instance_, variable, value));
  }

  template <typename T, size_t Rank>
  gcrt_status get(const char *name, View<const T, Rank> *value) {
    gcrt_tensor tensor;
    Span<const T> elements;
    gcrt_status status = get(name, &tensor);
    if (status == GCRT_OK && tensor.rank != Rank)
      return refuse("the variable has another rank");
    if (status == GCRT_OK)
      status = get(name, &elements);
    if (status != GCRT_OK)
      return status;
    std::array<int64_t, Rank> dims{};
    for (size_t i = 0; i < Rank; ++i)
      dims[i] = tensor.dims[i];
    *value = View<const T, Rank>(elements, dims);
    return GCRT_OK;
  }

  /* Sets a variable to a copy of `value`, row-major, in the variable's shape.
   * Where that is open, a View says which it is to be. */
  template <typename T>
  gcrt_status set(const char *name, Span<const T> value) {
    uint32_t variable;
    gcrt_status status = find(name, &variable);
    if (status != GCRT_OK)
      return status;
    const gcrt_variable_spec &spec = model_->variables[variable];
    size_t elements = 1;
    for (uint32_t i = 0; i < spec.rank; ++i) {
      if (spec.shape[i] < 0)
        return refuse("the variable's shape is open: give its sizes");
      elements *= size_t(spec.shape[i]);
    }
    if (value.size() != elements)
      return refuse("the variable has another number of elements");
    gcrt_tensor tensor = {value.data(), spec.shape, DtypeOf<T>::value, spec.rank};
    return done(gcrt_set_variable(instance_, variable, &tensor));
  }
  template <typename T, size_t Rank>
  gcrt_status set(const char *name, const View<T, Rank> &value) {
    if (!value.isWhole())
      return refuse("the value has another number of elements than its sizes "
                    "say");
    uint32_t variable;
    gcrt_status status = find(name, &variable);
    if (status != GCRT_OK)
      return status;
    gcrt_tensor tensor = {value.data(), value.dims().data(),
                          DtypeOf<std::remove_const_t<T>>::value, Rank};
    return done(gcrt_set_variable(instance_, variable, &tensor));
  }
  template <typename Container>
  auto set(const char *name, const Container &value)
      -> decltype(value.data(), gcrt_status()) {
    return set(name, Span<const std::decay_t<decltype(*value.data())>>(value));
  }

  /* All variables to or from a safetensors file. */
  gcrt_status save(const char *path) {
    return instance_ ? done(gcrt_save(instance_, path)) : refuseEmpty();
  }
  gcrt_status load(const char *path) {
    return instance_ ? done(gcrt_load(instance_, path)) : refuseEmpty();
  }

  /* For the functions of gcrt/runtime.h; NULL before create(). */
  gcrt_instance *instance() const { return instance_; }

protected:
  gcrt_status done(gcrt_status status) {
    problem_ = nullptr;
    return fail(status);
  }
  gcrt_status refuse(const char *problem) {
    problem_ = problem;
    return fail(GCRT_INVALID_ARGUMENT);
  }
  gcrt_status refuseEmpty() {
    return refuse("the instance has not been created");
  }

  static size_t count(const gcrt_tensor &tensor) {
    size_t result = 1;
    for (uint32_t i = 0; i < tensor.rank; ++i)
      result *= size_t(tensor.dims[i]);
    return result;
  }

  template <typename T, size_t Rank>
  static gcrt_result request(const Output<T, Rank> &output) {
    gcrt_result result = gcrt_result();
    result.buffer = output.buffer.data();
    result.capacity = output.buffer.size() * sizeof(T);
    return result;
  }
  template <typename T, size_t Rank>
  static void receive(gcrt_status status, const gcrt_result &result,
                      Output<T, Rank> &output) {
    output.bytes = result.bytes;
    output.value = View<const T, Rank>();
    if (status != GCRT_OK && status != GCRT_BUFFER_TOO_SMALL)
      return;
    std::array<int64_t, Rank> dims{};
    for (size_t i = 0; i < Rank; ++i)
      dims[i] = result.tensor.dims[i];
    output.value = View<const T, Rank>(
        Span<const T>(static_cast<const T *>(result.tensor.data),
                      count(result.tensor)),
        dims);
  }

private:
  gcrt_status find(const char *name, uint32_t *variable) {
    return instance_ ? done(gcrt_find_variable(instance_, name, variable))
                     : refuseEmpty();
  }
  gcrt_status fail(gcrt_status status) {
#ifdef GCRT_EXCEPTIONS
    if (status != GCRT_OK)
      throw Error(status, lastError());
#endif
    return status;
  }

  const gcrt_model *model_;
  gcrt_instance *instance_ = nullptr;
  const char *problem_ = nullptr; /* what was wrong before the runtime saw it */
  char message_[256] = "";        /* why create() failed */
};

} /* namespace gcrt */

#endif /* GCRT_CPP_SUPPORT */
)cpp";
}
