"""What this machine can compute with. Nothing heavy is loaded to find out: PyTorch alone would take a second."""

from __future__ import annotations

import ctypes
import os
import re
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from placecast.model import Transcription

_FEATURES = frozenset({"avx2", "avx512f", "avx512_bf16", "avx512_vnni", "amx_bf16", "amx_int8"})
_GROUP = Path("/sys/fs/cgroup")
_PROCESSOR = Path("/proc/cpuinfo")
_DRIVERS = ("libcuda.so.1", "nvcuda.dll")


@dataclass(frozen=True, kw_only=True)
class Gpu:
    """A graphics card that CUDA can use. `memory` in bytes."""

    name: str
    memory: int


@dataclass(frozen=True, kw_only=True)
class Hardware:
    """Cores and bytes of memory that this process may use, the processor's features, and the graphics card."""

    cores: int
    memory: int
    features: frozenset[str] = frozenset()
    gpu: Gpu | None = None

    @property
    def device(self) -> str:
        return "cuda" if self.gpu else "cpu"

    def __str__(self) -> str:
        cores = f"{self.cores} core{'s' * (self.cores != 1)}"
        return self.gpu.name if self.gpu else f"{cores} and no graphics card that can be used"


def hardware(transcription: Transcription) -> Hardware:
    """This machine, as the engine that the show asks for can use it."""
    usable = transcription.engine == "faster-whisper" or _pytorch_has_cuda()
    return Hardware(cores=_cores(), memory=_memory(), features=_features(), gpu=graphics_card() if usable else None)


@cache
def graphics_card() -> Gpu | None:
    """The first graphics card, as NVIDIA's driver describes it; None without a card or a driver."""
    for name in _DRIVERS:
        with suppress(OSError, AttributeError):
            return _described(ctypes.CDLL(name))
    return None


def _described(driver: ctypes.CDLL) -> Gpu | None:
    # https://docs.nvidia.com/cuda/cuda-driver-api: every function answers 0 when it succeeded.
    device, size, name = ctypes.c_int(), ctypes.c_size_t(), ctypes.create_string_buffer(100)
    refused = (
        driver.cuInit(0)
        or driver.cuDeviceGet(ctypes.byref(device), 0)
        or driver.cuDeviceTotalMem_v2(ctypes.byref(size), device)
        or driver.cuDeviceGetName(name, len(name), device)
    )
    if refused:
        return None
    return Gpu(name=name.value.decode("utf-8", "replace"), memory=size.value)


def _pytorch_has_cuda() -> bool:
    """Whether the PyTorch that is installed was built for CUDA: its version file says so without an import."""
    with suppress(ImportError, ValueError, OSError):
        found = find_spec("torch")
        if found and found.origin:
            version = Path(found.origin).with_name("version.py").read_text("utf-8")
            return bool(re.search(r"^cuda\b.*=\s*['\"]\d", version, re.MULTILINE))
    return False


def _cores() -> int:
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with suppress(OSError, ValueError):  # a container may be given less: "200000 100000" is two cores
        quota, period = (_GROUP / "cpu.max").read_text().split()
        allowed = min(allowed, max(1, int(quota) // int(period)))
    return allowed


def _memory() -> int:
    there = _installed_memory()
    with suppress(OSError, ValueError):
        there = min(there, int((_GROUP / "memory.max").read_text()))
    return there


def _installed_memory() -> int:
    if sys.platform == "win32":
        return _windows_memory()
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _windows_memory() -> int:
    # https://learn.microsoft.com/windows/win32/api/sysinfoapi/nf-sysinfoapi-getphysicallyinstalledsystemmemory
    kilobytes = ctypes.c_ulonglong()
    ctypes.CDLL("kernel32").GetPhysicallyInstalledSystemMemory(ctypes.byref(kilobytes))
    return kilobytes.value * 1024


def _features() -> frozenset[str]:
    """What matters to Whisper of what Linux says about the processor; elsewhere nothing is known."""
    with suppress(OSError):
        line = re.search(r"^flags\s*:(.*)$", _PROCESSOR.read_text(), re.MULTILINE)
        return _FEATURES & set(line[1].split()) if line else frozenset()
    return frozenset()
