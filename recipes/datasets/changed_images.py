"""Images as a model has not been trained on them: moved, noisy, darker, inverted."""

import numpy as np

DIRECTIONS = np.array([(0, 1), (2, 1), (1, 0), (1, 2)])


def moved(random, images, pixels):
    """Each moved so far in one of four directions, black where nothing was.

    Args:
        random: A NumPy generator.
        images: Numbers `(images, rows, columns, channels)`.
        pixels: How far.
    """
    rows, columns = images.shape[1:3]
    framed = np.pad(images, [(0, 0), (pixels, pixels), (pixels, pixels), (0, 0)])
    starts = pixels * random.choice(DIRECTIONS, len(images))
    return np.stack(
        [
            image[top : top + rows, left : left + columns]
            for image, (top, left) in zip(framed, starts, strict=True)
        ]
    )


def noisy(random, images, deviation):
    """With normal noise; its deviation is a fraction of the range from black to white."""
    noise = 255 * deviation * random.normal(size=images.shape)
    return np.clip(np.rint(images + noise), 0, 255).astype("uint8")


def changed_images(random, images):
    """The images as they are and as they are not in training, by what was changed.

    Args:
        random: A NumPy generator.
        images: Bytes `(images, rows, columns, channels)`.
    """
    return {
        "as they are": images,
        "moved by 1 pixel": moved(random, images, 1),
        "moved by 2 pixels": moved(random, images, 2),
        "noise of deviation 0.1": noisy(random, images, 0.1),
        "noise of deviation 0.3": noisy(random, images, 0.3),
        "half as bright": images // 2,
        "inverted": 255 - images,
    }
