import re
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

# The public address of the repository, once there is one; `repository-code` in CITATION.cff
# is the same.
HOME = ""
floors = find_packages(include=["layers*", "zoo*", "recipes*", "page", "testing*"])


def readme():
    """README.md as the page of a package has it: outside the repository.

    Links to files are absolute; while there is no address, they are plain text, and pictures
    are left out.
    """
    text = Path(__file__).with_name("README.md").read_text(encoding="utf-8")
    link = r"\[([^]]*)\]\((?!https?:)([^)]*)\)"
    picture = "!" + link
    if HOME:
        text = re.sub(picture, rf"![\1]({HOME}/raw/HEAD/\2)", text)
        return re.sub(link, rf"[\1]({HOME}/blob/HEAD/\2)", text)
    return re.sub(link, r"\1", re.sub(picture + r"\n+", "", text))


class BuildPy(build_py):
    """All modules but this file, which lies in the package's folder."""

    def find_package_modules(self, package, package_dir):
        found = super().find_package_modules(package, package_dir)
        return [module for module in found if module[1] != "setup"]


setup(
    name="keras-memory",
    version="0.1.0",
    description="Attention and external memory in Keras: layers, models, recipes, presets",
    long_description=readme(),
    long_description_content_type="text/markdown",
    url=HOME or None,
    project_urls={"Changelog": f"{HOME}/blob/HEAD/CHANGELOG.md"} if HOME else {},
    author="The keras-memory developers",
    license="MIT",
    license_files=["LICENSE"],
    keywords=[
        "attention",
        "memory networks",
        "neural Turing machine",
        "pointer networks",
        "Hopfield networks",
        "associative memory",
        "sparse attentive backtracking",
        "memory-augmented neural networks",
        "keras",
        "tensorflow",
        "jax",
        "pytorch",
    ],
    python_requires=">=3.11",
    # The root of the repository is the package.
    package_dir={"keras_memory": "."},
    cmdclass={"build_py": BuildPy},
    packages=["keras_memory", *(f"keras_memory.{floor}" for floor in floors)],
    package_data={
        "keras_memory": [
            "py.typed",
            "*.pyi",
            "*/*.pyi",
            "layers/papers.bib",
            "zoo/presets/*/*",
            "zoo/figures/*.pyi",
            "recipes/datasets/*/*.md",
            "recipes/datasets/*/*.bib",
            "recipes/datasets/*/*.t*",
            *(f"page/*.{kind}" for kind in ("css", "html", "js", "json", "svg")),
            "page/*/*.js",
        ]
    },
    # One install does the main job: layers, models, presets, recipes and the command line.
    # By floor. Nothing below the recipes needs TensorFlow, nor do recipes to answer:
    # docs/without_tensorflow.md names what is installed then.
    install_requires=[
        # Layers.
        "keras>=3.13.1",  # reads no other file that weights lead to
        "numpy>=2.0",
        # Zoo: weights, names that load late, figures, the theory of associative memories.
        "h5py>=3.11",  # presets in half precision
        "lazy_loader>=0.4",
        "matplotlib>=3.9",
        "scipy>=1.13",
        "wrapt>=1.14",  # registers the models when Keras is imported
        # Models of text, SavedModels, and the data pipelines of recipes; Keras's backend.
        "tensorflow>=2.18",
        # Recipes: fields, data sets, tuning.
        "pydantic>=2.9",
        "tensorflow-datasets>=4.9.8",
        "importlib_resources>=6.0",  # which TensorFlow Datasets imports, undeclared
        "keras-tuner[bayesian]>=1.4.8",
        "tensorboard>=2.18",  # which KerasTuner imports in every trial, undeclared
        # Single recipes: exact tours, areas of polygons, ROC curves, JPEG files.
        "fast-tsp>=0.2",
        "shapely>=2.0",
        "scikit-learn>=1.5",
        "pillow>=10.0",
        # The command line.
        "typer>=0.15",
        "rich>=13.0",
    ],
    extras_require={
        "jax": ["jax>=0.7"],  # whose processes take a time for signs of life
        "handwriting": ["hershey-fonts>=2.1"],  # letters of vector fonts, for one recipe
        "hub": ["huggingface_hub>=1.0"],
        "onnx": ["onnx>=1.17", "onnxruntime>=1.20", "tf2onnx>=1.17"],
        "page": ["onnx>=1.17", "onnxruntime>=1.20", "tf2onnx>=1.17"],
        "parquet": ["pyarrow>=16.0"],
        "test": [
            "basedpyright>=1.31",  # checks types; brings its own Node.js
            "dill>=0.3",  # TensorFlow Datasets' own checks of a builder import it
            "hershey-fonts>=2.1",
            "huggingface_hub>=1.0",
            "hypothesis>=6.100",
            "jax>=0.7",
            "onnxruntime>=1.20",
            "onnx>=1.17",
            "pyarrow>=16.0",
            "pytest>=8.3",
            "pytest-xdist>=3.6",
            "ruff==0.17.6",  # as in .pre-commit-config.yaml
            "setuptools>=69",  # lists what a wheel holds
            "tf2onnx>=1.17",
        ],
        # Beside "test", for those of the page; they take Chromium as it is installed.
        "browser-test": ["playwright>=1.50"],
        "dev": ["pre-commit>=4.0"],
        # Beside "test", for `make test`, which names the version.
        "torch": ["torch>=2.6"],
        # Zensical is young: one version, tried.
        "docs": [
            "ipykernel>=6.29",
            "jupytext>=1.16",
            "mkdocstrings-python>=2.0",
            "nbclient>=0.10",
            "nbconvert>=7.16",
            "onnxruntime>=1.20",
            "onnx>=1.17",
            "tf2onnx>=1.17",
            "zensical==0.0.73",
        ],
        "release": ["build>=1.2", "twine>=6.1"],
    },
    entry_points={"console_scripts": ["keras-memory=keras_memory.recipes.command_line:main"]},
    classifiers=[
        "Development Status :: 4 - Beta",
        "Environment :: Console",
        "Intended Audience :: Developers",
        "Intended Audience :: Education",
        "Intended Audience :: Science/Research",
        "Operating System :: POSIX :: Linux",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3 :: Only",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
        "Typing :: Typed",
    ],
)
