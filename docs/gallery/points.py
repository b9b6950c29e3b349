# %% [markdown]
# # A hull, pointed at
#
# A pointer network answers with indices of its input: here the corners of the convex hull, in
# order.

# %%
import numpy as np
from matplotlib import pyplot as plt
from scipy.spatial import ConvexHull

from keras_memory import zoo

model = zoo.from_preset("pointer_convex_hull_by_angle")
points = np.random.default_rng(2).random((1, 15, 2), dtype="float32")
found = [
    int(index) for index in model.solve(points, beam_width=3)["indices"][0] if index >= 0
]
print("found:", found)

# %%
exact = ConvexHull(points[0]).vertices.tolist()
figure, axis = plt.subplots(figsize=(4, 4))
axis.scatter(*points[0].T)
for indices, style in ((exact, "C1--"), (found, "C0-")):
    axis.plot(*points[0][[*indices, indices[0]]].T, style)
axis.legend(["points", "the hull", "as found"])
axis.set_aspect("equal")

# %% [markdown]
# ## More points than in training
#
# It was trained on 5 to 20 points.

# %%
for n in (10, 20, 50):
    points = np.random.default_rng(0).random((100, n, 2), dtype="float32")
    right = 0
    for row, known in zip(np.asarray(model.solve(points)["indices"]), points, strict=True):
        right += {int(i) for i in row if i >= 0} == set(ConvexHull(known).vertices.tolist())
    print(n, "points:", right, "of 100 hulls have the right corners")
