"""What a Nix store takes in without building it: the formats ``nix_cache`` and ``nix_closure``.

Both hold one store path, whose name follows from its bytes alone (it is *content-addressed*),
so that any Nix accepts it without a signature. The one holds it as a binary cache, a
directory to be served or copied from; the other as a stream for ``nix-store --import``.
"""
