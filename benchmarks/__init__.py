"""How fast repackage is, and its peers: ``python -m benchmarks``; see README.md.

From the bottom to the top: ``measuring`` runs commands and takes medians; ``corpora`` and
``generated`` make applications; ``product`` and ``peers`` are the ways to package one; ``jobs``
puts them side by side; ``results`` are what came out, ``targets`` judges them, ``report`` lays
them out; ``scaling`` and ``plotting`` go from small to large.
"""
