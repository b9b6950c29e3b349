"""CIFAR-10 as JPEG files, a lossy copy of it: where TFDS's own cannot be downloaded."""

from .cifar10_jpeg_dataset_builder import Builder

__all__ = ["Builder"]
