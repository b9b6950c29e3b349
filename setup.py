from pathlib import Path

from setuptools import find_packages, setup

floors = find_packages(include=["layers*", "zoo*", "recipes*", "testing*"])

setup(
    name="keras-memory",
    version="0.1.0",
    description="Attention and external memory in Keras: layers, models, recipes, presets",
    long_description=Path(__file__).with_name("README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="MIT",
    python_requires=">=3.11",
    # The root of the repository is the package.
    package_dir={"keras_memory": "."},
    packages=["keras_memory", *(f"keras_memory.{floor}" for floor in floors)],
    package_data={
        "keras_memory": [
            "py.typed",
            "zoo/presets/*/*",
            "recipes/datasets/*/*.md",
            "recipes/datasets/*/*.bib",
            "recipes/datasets/*/*.t*",
        ]
    },
    install_requires=[
        "tensorflow>=2.18",
        "keras>=3.12",
        "keras-tuner[bayesian]>=1.4.8",
        "tensorflow-datasets>=4.9.8",
        # TensorFlow Datasets imports it without declaring it.
        "importlib_resources>=6.0",
        # KerasTuner imports it in every trial; TensorFlow no longer brings it.
        "tensorboard>=2.18",
        "lazy_loader>=0.4",
        "matplotlib>=3.9",
        "fast-tsp>=0.2",
        "numpy>=2.0",
        "pillow>=10.0",
        "pydantic>=2.9",
        "rich>=13.0",
        "scikit-learn>=1.5",
        "scipy>=1.13",
        "shapely>=2.0",
        "typer>=0.15",
    ],
    extras_require={
        "test": [
            # TensorFlow Datasets' own checks of a builder import it.
            "dill>=0.3",
            "hypothesis>=6.100",
            "jax>=0.5",
            "onnxruntime>=1.20",
            "onnx>=1.17",
            "pytest>=8.3",
            "pytest-xdist>=3.6",
            "ruff>=0.9",
            "tf2onnx>=1.16",
        ],
        "jax": ["jax>=0.5"],
        "onnx": ["onnx>=1.17", "tf2onnx>=1.16"],
        "docs": ["mkdocs-material>=9.5", "mkdocstrings[python]>=0.28"],
    },
    entry_points={"console_scripts": ["keras-memory=keras_memory.recipes.command_line:main"]},
    classifiers=[
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
    ],
)
