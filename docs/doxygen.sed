# What Doxygen reads in place of a header (docs/Doxyfile: INPUT_FILTER). Lines keep their numbers.
#
# What a class has for the tape, for optimizers and for files is no part of the reference.
/^  \/\/ For (the tape|ops and the tape)/,/^ private:/ {
  s|^ *// For .*|/// \\cond|
  s|^ private:|/** \\endcond */ private:|
}
# A field's trailing comment is its documentation.
/^ *(return|if|else|for|while|case|do|using)\>|^ *(\+\+|--|#|\*)|\) \{/! s|^( +[A-Za-z_:].*[;,])  +// ([^ ])|\1  ///< \2|
# Members that many types share say the same of each.
s|^( *static constexpr auto name = .*;)( *///< .*)?$|\1  ///< Its name in reports and checkpoints.|
s|^( *static constexpr int slots = [0-9]+;)( *///< .*)?$|\1  ///< Tensors of state for each parameter.|
s|^( *static constexpr std::array<const char\*, [0-9]> slot_names.*;)$|\1  ///< Their names in a checkpoint.|
s|^( *static constexpr bool barrier = true;)$|\1  ///< It is measured over all parameters before it is applied.|
s|^( *)(using Scalars = )|\1/** What the loop takes from `prepare`, once a step. */ \2|
s|^( *)(Scalars prepare\()|\1/** The numbers of this step. */ \2|
s|^( *)(CINTA_LINK auto operator\(\))|\1/** The update of a pack of elements. */ \2|
s|^( *)(CINTA_LINK auto measure\()|\1/** What is summed over all elements. */ \2|
s|^( *)(void conclude\(Scalars)|\1/** Takes the sum. */ \2|
s|^( *)(Tensor operator\(\)\(const Arg& x\) const)|\1/** Its value at x. */ \2|
s|^( *)(PerExample operator\(\)\(const Arg& )|\1/** One value for each example. */ \2|
s|^( *)(template <class Self> static void visit\()|\1/** Its parameters and sub-modules by name, for `visit`. */ \2|
# So do settings that formulas name.
s|^( +Hyper beta1 = [0-9.]+;)$|\1  ///< β₁.|
s|^( +Hyper beta2 = [0-9.]+;)$|\1  ///< β₂.|
s|^( +double epsilon = [0-9.e-]+;)$|\1  ///< ε, which keeps a division finite.|
s|^( +Hyper learning_rate(_decay)?( = [0-9.]+)?;)$|\1  ///< η, or κ for its decay.|
s|^( +Hyper weight_decay( = [0-9.]+)?;)$|\1  ///< λ.|
s|^( +Hyper decay( = [0-9.]+)?;)$|\1  ///< α.|
s|^( +Hyper momentum( = [0-9.]+)?;)$|\1  ///< μ.|
s|^( +Hyper dampening( = [0-9.]+)?;)$|\1  ///< d.|
s|^( +double initial( = [0-9.]+)?;)$|\1  ///< What s starts at.|
s|^( +bool nesterov = false;)$|\1  ///< Nesterov's form.|
s|^( +bool amsgrad = false;)$|\1  ///< Divide by the largest v so far.|
s|^( +bool centred = false;)$|\1  ///< Divide by the deviation instead of the root of the mean square.|
s|^( +std::optional<Hyper> clip_norm = \{\};)$|\1  ///< The global norm to which gradients are scaled down first.|
s|^( +Dialect dialect = Dialect::torch;)$|\1  ///< Whose formula.|
s|^( +double label_smoothing = 0;)$|\1  ///< ε.|
s|^( +bool keepdims = false;)$|\1  ///< Reduced axes stay, of size 1.|
# Copies and moves do what copies and moves do, and errors are made from their sentence.
s/^ .*= (default|delete);$//
s|^ *using Error::Error;$||
s/^template <> inline constexpr bool is_(leaf|opaque)_v<.*$//
/auto chain\(/! s|^CINTA_INLINE auto ([a-z_]+)\(|/** `cinta::\1` as a chain, to compose with. */ CINTA_INLINE auto \1(|
