// Everything that a program which trains networks needs. It pulls in neither xtensor, xsimd nor TBB: those who mix
// xtensor, write an op as a lambda or compose an optimizer include <cinta/framework/core/xtensor.hpp>,
// <cinta/ops/map.hpp> or <cinta/framework/optim/chain.hpp> beside it.
#pragma once

#include <cinta/framework/core/anomaly.hpp>
#include <cinta/framework/core/graph.hpp>
#include <cinta/framework/core/memory_watch.hpp>
#include <cinta/framework/core/recompute.hpp>
#include <cinta/framework/core/tape.hpp>
#include <cinta/framework/core/transforms.hpp>
#include <cinta/framework/core/version.hpp>
#include <cinta/framework/data/array_encoder.hpp>
#include <cinta/framework/data/batches.hpp>
#include <cinta/framework/data/class_weights.hpp>
#include <cinta/framework/data/encoder.hpp>
#include <cinta/framework/data/partition.hpp>
#include <cinta/framework/io/idx.hpp>
#include <cinta/framework/io/npy.hpp>
#include <cinta/framework/io/npz.hpp>
#include <cinta/framework/io/profile.hpp>
#include <cinta/framework/nn/activations.hpp>
#include <cinta/framework/nn/dropout.hpp>
#include <cinta/framework/nn/init.hpp>
#include <cinta/framework/nn/layers.hpp>
#include <cinta/framework/nn/losses.hpp>
#include <cinta/framework/nn/mlp.hpp>
#include <cinta/framework/nn/module.hpp>
#include <cinta/framework/nn/penalties.hpp>
#include <cinta/framework/nn/save.hpp>
#include <cinta/framework/nn/sequential.hpp>
#include <cinta/framework/nn/summary.hpp>
#include <cinta/framework/optim/average.hpp>
#include <cinta/framework/optim/drivers.hpp>
#include <cinta/framework/optim/memory_report.hpp>
#include <cinta/framework/optim/optimizers.hpp>
#include <cinta/framework/train/fit.hpp>
#include <cinta/framework/train/metrics.hpp>
#include <cinta/framework/train/per_example.hpp>
#include <cinta/framework/train/shard.hpp>
#include <cinta/ops/ops.hpp>
