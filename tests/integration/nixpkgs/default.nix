# What the generated expressions need of nixpkgs, in as few lines as will do: it stands in
# for nixpkgs where there is no network. `machine.nix` beside it says what this machine has.
{
  system ? builtins.currentSystem,
}:

let
  machine = import ./machine.nix;
  lib = import ./lib.nix;

  # As nixpkgs has it: a fixed point, which overrideAttrs extends.
  mkDerivation =
    given:
    let
      function = if builtins.isFunction given then given else (_: given);
      attributes = function final;
      final = attributes // {
        finalPackage = package;
      };
      meta = attributes.meta or { };
      name = attributes.name or "${attributes.pname}-${attributes.version}";
      supported = builtins.elem system (meta.platforms or [ system ]);
      derived = builtins.derivation (
        removeAttrs attributes [
          "meta"
          "passthru"
        ]
        // {
          inherit name system;
          builder = "/bin/bash";
          args = [
            "-e"
            ./builder.sh
          ];
        }
      );
      package =
        if supported then
          derived
          // (attributes.passthru or { })
          // {
            inherit meta;
            passthru = attributes.passthru or { };
            overrideAttrs =
              change:
              mkDerivation (
                final:
                let
                  before = function final;
                  half = change before;
                in
                before // (if builtins.isFunction half then change final before else half)
              );
          }
        else
          throw "Package ‘${name}’ is not available on the requested hostPlatform";
    in
    package;

  callPackage =
    file: arguments:
    let
      function = import file;
      found = builtins.intersectAttrs (builtins.functionArgs function) pkgs;
    in
    function (found // arguments)
    // {
      override = change: callPackage file (arguments // change);
    };

  pkgs = {
    inherit lib callPackage;

    stdenv = {
      inherit mkDerivation;
      hostPlatform = {
        inherit system;
        isLinux = builtins.match ".*-linux" system != null;
      };
    };

    # The wheels of the tests lie in a directory; whence they would come is for the real one.
    fetchurl =
      {
        url,
        hash,
        name ? baseNameOf url,
      }:
      let
        found = "file://${machine.wheelhouse}/${name}";
      in
      builtins.derivation {
        inherit name;
        url = found;
        urls = [ found ];
        system = "builtin";
        builder = "builtin:fetchurl";
        outputHash = hash;
        outputHashAlgo = "sha256";
        outputHashMode = "flat";
        preferLocalBuild = true;
        executable = false;
        unpack = false;
      };

    runCommand =
      name: environment: buildCommand:
      mkDerivation (environment // { inherit name buildCommand; });

    autoPatchelfHook = "/auto-patchelf-hook";
    openssl = "/openssl";
    cudaPackages.libcublas = "/libcublas";
    pythonManylinuxPackages.manylinux2014 = [ "/manylinux2014" ];
    ${machine.attribute} = machine.python;
    python3 = machine.python;
  };
in
pkgs
