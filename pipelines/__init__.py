"""The arithmetic of Northstar: plain Python, Polars and DuckDB.

Here: everything that turns landed files into figures. Not here: Dagster. This package never imports it;
`assets/` wraps these functions as the assets that an operator sees. Folders are named after the warehouse schema
they fill (raw, core, nps, value, loop); `warehouse/` opens, writes and publishes the file.
"""

import os

# Read when NumPy is first imported. The matrices are small, so more threads of OpenBLAS do nothing but wait for work,
# which takes 0.2 s of processor per process.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
