"""Each tab is used, and its answer is Python's."""

import numpy as np
import pytest

from keras_memory import layers, zoo
from keras_memory.page import building

pytestmark = pytest.mark.browser

TABS = list(building.tabs())


def settle(page):
    """Wait until the page has computed what it was last given."""
    page.wait_for_selector("body:not([aria-busy=true])")


def numbers(page, selector):
    """The numbers of a figure."""
    settle(page)
    return page.eval_on_selector(selector, "figure => figure.values")


def answer(page, name):
    settle(page)
    return page.text_content(f"#panel-{name} .answer")


def test_a_sequence_is_copied(tab):
    with tab("tape") as page:
        page.get_by_role("button", name="Clear").click()
        for step, bit in [(1, 2), (3, 8), (8, 1)]:
            page.get_by_role("button", name=f"Step {step}, bit {bit}", exact=True).click()
        assert answer(page, "tape") == "All 64 bits are right."
        copied, *tapes = page.eval_on_selector_all(
            "#panel-tape svg", "all => all.map((figure) => figure.values)"
        )
    inputs = np.zeros((1, 17, 9), "float32")
    inputs[0, [0, 2, 7], [1, 7, 0]] = 1
    inputs[0, 8, 8] = 1
    trace = zoo.from_preset("ntm_copy", memory_slots=40).trace(inputs)
    np.testing.assert_allclose(np.transpose(copied), trace["outputs"][0, 9:], atol=1e-4)
    for found, name in zip(tapes, ["write_weights", "read_weights"], strict=True):
        np.testing.assert_allclose(np.transpose(found), trace[name][0, :, 0], atol=1e-4)


def test_with_too_few_slots_the_copy_fails(tab):
    with tab("tape") as page:
        slots = page.get_by_label("Slots")
        slots.fill("0")
        assert slots.get_attribute("aria-valuetext") == "12"
        page.get_by_label("Length").fill("20")
        assert answer(page, "tape").endswith(" of 160 bits are wrong.")


@pytest.mark.parametrize("kind, name", [("Hull", "convex_hull"), ("Tour", "tsp")])
def test_points_are_answered_as_by_solve(tab, kind, name):
    with tab("points") as page:
        page.get_by_text(kind, exact=True).click()
        page.get_by_role("button", name="Clear").click()
        assert answer(page, "points") == "3 more points, please."
        for x, y in [(90, 90), (380, 140), (240, 240), (330, 380), (140, 330)]:
            page.locator(".plane").click(position={"x": x, "y": y})
        found = numbers(page, ".plane")
    points = np.array([found["points"]], "float32")
    assert points.shape == (1, 5, 2)
    solved = zoo.from_preset(f"pointer_{name}").solve(points, [5])
    assert found["indices"] == np.asarray(solved["indices"])[0].tolist()


def test_exact_answers_are_exact(tab):
    points = np.random.default_rng(0).random((8, 2))
    with tab("letters") as page:
        hull, tour, triangles = page.evaluate(
            """async (points) => {
                const exact = await import("./lib/geometry.js");
                return [exact.hull(points), exact.tour(points), exact.triangles(points)];
            }""",
            points.tolist(),
        )
    from scipy.spatial import ConvexHull, Delaunay

    assert sorted(hull) == sorted(ConvexHull(points).vertices.tolist())
    expected = {tuple(sorted(t)) for t in Delaunay(points).simplices.tolist()}
    assert {tuple(sorted(t)) for t in triangles} == expected
    assert _length(points, tour) == pytest.approx(_shortest(points))


def _length(points, order):
    path = points[order]
    return np.linalg.norm(path - np.roll(path, 1, axis=0), axis=1).sum()


def _shortest(points):
    from itertools import permutations

    return min(_length(points, [0, *order]) for order in permutations(range(1, len(points))))


@pytest.mark.parametrize("rule", ["hebb", "exponential"])
def test_states_settle_where_those_of_the_layers_do(tab, rule):
    rng = np.random.default_rng(1)
    patterns = rng.choice([-1.0, 1.0], (6, 40))
    cues = np.where(np.arange(40) < 25, patterns, 0)
    with tab("letters") as page:
        found = page.evaluate(
            """async ([rule, patterns, cues]) => {
                const { settle } = await import("./lib/hopfield.js");
                return cues.map((cue) => settle(rule, patterns, cue));
            }""",
            [rule, patterns.tolist(), cues.tolist()],
        )
    memory = {
        "hebb": lambda: layers.HopfieldMemory(order="fixed"),
        "exponential": lambda: layers.DenseAssociativeMemory(6, updates="asynchronous"),
    }[rule]()
    memory(patterns, training=True)
    recalled = memory.recall(cues)
    ends = [entry["path"][-1] for entry in found]
    np.testing.assert_array_equal(ends, np.asarray(recalled["attractors"]))
    last = [entry["energies"][-1] for entry in found]
    np.testing.assert_allclose(last, np.asarray(recalled["energies"]), rtol=1e-4)
    for entry in found:
        assert (np.diff(entry["energies"]) <= 1e-6).all()


def test_letters_are_recalled_up_to_a_capacity(tab):
    with tab("letters") as page:
        assert answer(page, "letters") == "It settled at X."
        page.get_by_label("Letters stored").fill("12")
        assert answer(page, "letters") == "It settled at none of the letters."
        page.get_by_text("exponential, 2017").click()
        assert answer(page, "letters") == "It settled at X."


def test_a_story_is_read(tab):
    story = "Mary got the milk. John went to the garden. Mary went to the kitchen."
    question = "Where is the milk?"
    with tab("story") as page:
        page.get_by_role("textbox", name="Story").fill(story)
        page.get_by_label("Question").fill(question)
        assert answer(page, "story") == "kitchen"
        attention = numbers(page, "#panel-story table")
        likeliest = numbers(page, "#panel-story .bars")
        page.get_by_label("Question").fill("Where is the zebra?")
        settle(page)
        assert page.get_by_text("It does not know: zebra.").is_visible()
    expected = zoo.from_preset("memn2n_babi_world").answer([story], [question])
    np.testing.assert_allclose(attention, np.asarray(expected["attention"])[0], atol=1e-4)
    assert likeliest[0][0] == expected["answer"].numpy()[0].decode()
    assert likeliest[0][1] == pytest.approx(float(expected["probability"][0]), abs=1e-4)


def test_a_date_is_written(tab):
    dates = ["July 4th, 1876", "12.5.2003", "no date at all"]
    expected = zoo.from_preset("seq2seq_attention").translate(dates)
    texts = [text.decode() for text in expected["text"].numpy()]
    with tab("date") as page:
        for date, text, log in zip(dates, texts, expected["log_probability"], strict=True):
            page.get_by_role("textbox", name="Date").fill(date)
            found = answer(page, "date")
            assert found.startswith(f"{text}  with probability ")
            assert float(found.split()[-1]) == pytest.approx(np.exp(float(log)), abs=1e-3)


def test_a_review_is_shaded(tab):
    review = "The cast is excellent, but... what a dull, qwertyish story!<br>I fell asleep."
    with tab("reviews") as page:
        page.get_by_role("textbox", name="Review").fill(review)
        found = answer(page, "reviews")
        shaded = numbers(page, "#panel-reviews ol")
        shares = numbers(page, "#panel-reviews .bars")
        assert page.get_by_text("It does not know: qwertyish.").is_visible()
        page.get_by_role("textbox", name="Review").fill("Qwertyish")
        assert answer(page, "reviews") == "A review, please, of words that it knows."
    model = zoo.from_preset("hierarchical_attention_imdb")
    expected = model.classify([review])
    label = expected["label"].numpy()[0].decode()
    probability = float(expected["probability"][0])
    assert found == f"{label}  with probability {probability:.3f}"
    assert dict(shares)[label] == pytest.approx(probability, abs=1e-4)
    trace = model.trace(model.text.ids([review]))
    of_sentences, of_words = shaded["ofSentences"], shaded["ofWords"]
    assert len(of_sentences) == len(of_words) == 3
    for name, weights in [("sentence_weights", of_sentences), ("word_weights", of_words)]:
        np.testing.assert_allclose(weights, trace[name][0, :3], atol=1e-4)


def test_machines_write_a_word_each_in_its_way(tab):
    word = "to be or not"
    with tab("machines") as page:
        page.get_by_role("textbox", name="Word").fill("To be, or not")
        assert answer(page, "machines") == "5 of 5 machines are right."
        written = page.eval_on_selector_all(
            "#panel-machines code", "all => all.map((element) => element.textContent)"
        )
        maps = page.eval_on_selector_all(
            "#panel-machines svg", "all => all.map((figure) => figure.values)"
        )
    assert written == [word, word, word[::-1], word[::-1], word]
    writes, reads, *structures, top, bottom, places = map(np.transpose, maps)
    codes = np.array([[ord(letter) for letter in word]])
    inputs = np.zeros((1, 25, 9), "float32")
    inputs[0, :12, :8] = (codes[0][:, None] >> np.arange(7, -1, -1)) & 1
    inputs[0, 12, 8] = 1
    trace = zoo.from_preset("ntm_copy", memory_slots=40).trace(inputs)
    for found, name in [(writes, "write_weights"), (reads, "read_weights")]:
        expected = trace[name][0, :, 0][:, -np.arange(25) % 40]
        np.testing.assert_allclose(found, expected, atol=1e-4)
    ends = [("queue", codes, 1), ("stack", codes[:, ::-1], -1)]
    for (name, target, order), (stored, read) in zip(
        ends, [structures[:2], structures[2:]], strict=True
    ):
        model = zoo.from_preset(f"neural_transduction_{name}")
        trace = model.trace({"source": codes, "target": np.pad(target, ((0, 0), (0, 1)))})
        for step, strengths in enumerate(trace["strengths_0"][0, :, :, 0]):
            expected = strengths[len(strengths) - step - 1 :]
            np.testing.assert_allclose(stored[step, : step + 1], expected, atol=1e-4)
            before = np.cumsum(expected[::order])[::order] - expected
            taken = np.minimum(expected, np.maximum(1 - before, 0))
            np.testing.assert_allclose(read[step, : step + 1], taken, atol=1e-4)
    inputs = {"source": codes, "target": np.pad(codes[:, ::-1], ((0, 0), (0, 1)))}
    trace = zoo.from_preset("neural_transduction_deque").trace(inputs)
    for end, stored in enumerate([top, bottom]):
        for step, strengths in enumerate(trace["strengths_0"][0, :, :, end]):
            expected = strengths[len(strengths) - step - 1 :]
            np.testing.assert_allclose(stored[step, : step + 1], expected, atol=1e-4)
    tape = [0, *(1 + "abcdefghijklmnopqrstuvwxyz ".index(c) for c in word), *[0] * 12]
    trace = zoo.from_preset("rl_tapes").trace(
        {"symbols": np.array([tape]), "length": np.array([12])}
    )
    assert (places.argmax(axis=1) == trace["input_head"][0]).all()
    assert ((places.max(axis=1) == 1) == (trace["predicted"][0] >= 0)).all()


def test_brackets_are_pushed_and_popped(tab):
    with tab("brackets") as page:
        page.get_by_role("textbox", name="Brackets").fill("(<[]{")
        assert answer(page, "brackets") == "Next closes }, and that is right."
        left = numbers(page, "#panel-brackets svg")
        shares = numbers(page, "#panel-brackets .bars")
        page.get_by_role("textbox", name="Brackets").fill("(]")
        assert answer(page, "brackets") == "Bracket 2, ], closes nothing that is open."
    symbols = "([{<«)]}>»"
    inputs = np.eye(10, dtype="float32")[[symbols.index(b) for b in "(<[]{"]][None]
    trace = zoo.from_preset("dyck_language").trace(inputs)
    np.testing.assert_allclose(
        [share for _, share in shares], trace["outputs"][0, -1], atol=1e-4
    )
    last = trace["strengths_0"][0, -1, ::-1, 0][::-1]
    np.testing.assert_allclose([row[-1] for row in left], last[-5:], atol=1e-4)


def test_a_request_is_tagged(tab):
    request = "I'd like the cheapest flight from Oslo to new york on Monday, please."
    with tab("tags") as page:
        page.get_by_role("textbox", name="Request").fill(request)
        found = numbers(page, "#panel-tags ol")
        shares = numbers(page, "#panel-tags .bars")
    model = zoo.from_preset("slot_filling_world")
    expected = model.tag([request])
    words = [word.decode() for word in expected["words"].numpy()[0]]
    assert [word for word, _, _ in found] == words
    assert [tag for _, tag, _ in found] == [
        tag.decode() for tag in expected["tags"].numpy()[0]
    ]
    trace = model.trace(model.sentence_inputs([request]))
    np.testing.assert_allclose([w for *_, w in found], trace["intent_weights"][0], atol=1e-4)
    most = max(share for _, share in shares)
    assert most == pytest.approx(float(expected["intent_probability"][0]), abs=1e-4)


def test_digits_are_copied_over_a_blank(tab):
    with tab("blank") as page:
        page.get_by_label("Digits").fill("8765432112")
        page.get_by_label("Blank steps").fill("30")
        assert answer(page, "blank") == "8765432112  10 of 10 digits are right"
        found = numbers(page, "#panel-blank svg")
    symbols = np.zeros((1, 50), "int32")
    symbols[0, :10] = [8, 7, 6, 5, 4, 3, 2, 1, 1, 2]
    symbols[0, 39] = 9
    model = zoo.from_preset("sab_copy")
    trace = model.trace({"symbols": symbols, "length": np.array([50], "int32")})
    np.testing.assert_allclose(found, trace["weights"][0, -10:], atol=1e-4)


def test_a_word_is_written_as_python_writes_it(tab):
    with tab("handwriting") as page:
        page.get_by_role("textbox", name="Word").fill("Abba 7")
        assert answer(page, "handwriting").startswith("abba, in ")
        found = numbers(page, "#panel-handwriting figure svg")
    model = zoo.from_preset("handwriting_window")
    written = model.written(
        {
            "text": model.text_ids(["abba"]),
            "noise": np.array([found["noise"]], "float32"),
            "bias": found["bias"],
        }
    )
    count = int(written["count"][0])
    assert len(found["points"]) == count
    points = np.asarray(written["points"])[0, :count]
    np.testing.assert_allclose(
        found["points"], points, atol=1e-3
    )  # each follows from all before


def test_a_model_of_ones_own_is_in_the_tab_of_its_class(tab):
    with tab("tape", own="ntm_copy,memory_slots=40") as page:
        page.get_by_text("The model is that of runs/mine.").wait_for()
        assert page.get_by_label("Slots").count() == 0  # there is one number of them
        page.get_by_label("Length").fill("4")
        assert answer(page, "tape") == "All 32 bits are right."


@pytest.mark.parametrize("name", TABS)
def test_a_tab_fits_a_telephone_and_names_what_it_has(tab, screenshot, name):
    with tab(name) as page:
        assert page.get_attribute(f"#panel-{name}", "data-state") == "ready"
        for figure in page.locator(f"#panel-{name} svg[role=img]").all():
            assert figure.get_attribute("aria-label")
        assert page.locator(f"#panel-{name} [aria-live]").count() == 1
        is_named = "e => Boolean(e.ariaLabel || e.textContent || e.labels.length)"
        controls = "all => all.map((control) => (" + is_named + ")(control))"
        assert all(page.eval_on_selector_all("input, textarea, button", controls))
        screenshot(page, f"{name}-light")
        page.set_viewport_size({"width": 360, "height": 900})
        page.emulate_media(color_scheme="dark")
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        screenshot(page, f"{name}-dark-360")


def test_tabs_are_chosen_by_arrow_keys(tab):
    with tab(TABS[0]) as page:
        page.keyboard.press("Tab")
        for name in [*TABS[1:], TABS[0]]:
            page.keyboard.press("ArrowRight")
            assert page.evaluate("document.activeElement.id") == f"tab-{name}"
            assert page.get_attribute(f"#tab-{name}", "aria-selected") == "true"
            page.wait_for_selector(f"#panel-{name}[data-state=ready]")
            assert page.locator("[role=tabpanel]:visible").count() == 1
        page.keyboard.press("End")
        assert page.evaluate("document.activeElement.id") == f"tab-{TABS[-1]}"


def test_bits_and_points_are_put_by_keys(tab):
    with tab("tape") as page:
        page.get_by_role("button", name="Clear").press("Enter")
        page.get_by_role("button", name="Step 1, bit 1", exact=True).focus()
        for key in ["ArrowRight", "ArrowDown", "Space"]:
            page.keyboard.press(key)
        pressed = page.locator(".toggles [aria-pressed=true]")
        assert pressed.get_attribute("aria-label") == "Step 2, bit 2"
        assert answer(page, "tape") == "All 64 bits are right."
    with tab("points") as page:
        page.get_by_role("button", name="Clear").press("Enter")
        page.locator(".plane").focus()
        for path in (["ArrowUp"] * 4, ["ArrowLeft"] * 5, ["ArrowDown"] * 7):
            for key in [*path, "Enter"]:
                page.keyboard.press(key)
        assert answer(page, "points") == "The network's answer is exact."
        assert "3 points" in page.get_attribute(".plane", "aria-label")
