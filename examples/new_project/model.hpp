// The model: a plain struct. Its fields are its layers and parameters, and their names are those in the file.
#pragma once

#include <cinta/cinta.hpp>

/// y = x + W₂ silu(W₁ x): a layer of your own is a struct as well.
struct Residual {
  cinta::Linear in, out;
  cinta::Tensor operator()(const cinta::Tensor& x) const { return x + out(silu(in(x))); }
};

/// Points of the plane [n, 2] → logits [n, 1].
struct Network {
  cinta::Linear embed{2, 16};
  std::vector<Residual> blocks{2, Residual{cinta::Linear{16, 32}, cinta::Linear{32, 16}}};
  cinta::Linear head{16, 1};

  cinta::Tensor operator()(const cinta::Tensor& x) const {
    cinta::Tensor h = embed(x);
    for (const Residual& block : blocks) h = block(h);  // a reference: `auto` would copy the layers
    return head(h);
  }
};
