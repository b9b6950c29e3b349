from keras_memory.zoo import figures


def test_learning_curves(png):
    curves = {"NTM": [[(100, 3.0), (200, 1.0)], [(100, 4.0)]], "LSTM": [[(100, 2.0)]]}
    figure = figures.learning_curves(curves, "bits per sequence")
    (axis,) = figure.axes
    assert (axis.get_xlabel(), axis.get_ylabel()) == (
        "training examples",
        "bits per sequence",
    )
    one, again, two = axis.lines
    assert one.get_color() == again.get_color() != two.get_color()
    assert (list(one.get_xdata()), list(one.get_ydata())) == ([100, 200], [3.0, 1.0])
    assert [text.get_text() for text in axis.get_legend().texts] == ["NTM", "LSTM"]
    assert list(two.get_ydata()) == [2.0]
    assert png(figure).startswith(b"\x89PNG")


def test_bars_by_task():
    errors = {"ours": {"1": 3.0, "2": 50.0}, "paper": {"1": 1.0, "2": 60.0}}
    figure = figures.bars_by_task(errors, limit=5)
    (axis,) = figure.axes
    heights = [[bar.get_height() for bar in bars] for bars in axis.containers]
    assert heights == [[3, 50], [1, 60]]
    assert [t.get_text() for t in axis.get_legend().get_texts()] == ["ours", "paper"]
    assert axis.lines[0].get_ydata()[0] == 5


def test_many_runs_are_their_mean_in_a_band():
    """Fifty lines of one colour show nothing."""
    runs = [[(100, 1.0 + i), (200, 2.0 + i)] for i in range(50)]
    runs[0].append((300, 7.0))  # which trained longer
    (axis,) = figures.learning_curves({"tiger": runs, "fox": runs[:2]}, "loss").axes
    mean, *fox = axis.lines
    assert mean.get_xydata().tolist() == [[100, 25.5], [200, 26.5], [300, 7]]
    (band,) = axis.collections
    assert {tuple(v) for v in band.get_paths()[0].vertices.tolist()} >= {(100, 1), (100, 50)}
    assert len(fox) == 2
    labels = [text.get_text() for text in axis.get_legend().texts]
    assert labels == ["tiger (mean and range of 50)", "fox"]


def test_more_kinds_than_colours_differ():
    curves = {str(i): [[(1, 1.0), (2, 0.5)]] for i in range(12)}
    (axis,) = figures.learning_curves(curves).axes
    styles = {(line.get_color(), line.get_linestyle()) for line in axis.lines}
    assert len(styles) == 12
