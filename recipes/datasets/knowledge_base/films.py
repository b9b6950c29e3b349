"""Facts about films that do not exist, and questions about them.

A fact is a subject, a relation and an object. A question is about the objects of a subject
and a relation, or about the subjects of an object: several of them may be right.
"""

import itertools

FIRST = [
    "silent",
    "golden",
    "broken",
    "northern",
    "hidden",
    "crimson",
    "distant",
    "paper",
    "winter",
    "electric",
]
SECOND = [
    "harbour",
    "garden",
    "mirror",
    "river",
    "empire",
    "letter",
    "bridge",
    "orchard",
    "signal",
    "island",
]
GIVEN = ["ada", "bela", "carl", "dora", "emil", "fanny", "gustav", "hilda", "ivan", "jana"]
FAMILY = [
    "adler",
    "brandt",
    "costa",
    "duval",
    "ekman",
    "ferro",
    "gruber",
    "holm",
    "ibsen",
    "jensen",
]
FILMS = tuple("_".join(words) for words in itertools.product(FIRST, SECOND))
PEOPLE = tuple("_".join(names) for names in itertools.product(GIVEN, FAMILY))
GENRES = tuple(["comedy", "drama", "thriller", "western", "musical", "mystery"])
LANGUAGES = tuple(["french", "german", "italian", "japanese", "polish", "swedish"])
YEARS = tuple(str(year) for year in range(1930, 2020))

# From a relation to its objects, and how many of them a film has at most.
RELATIONS = {
    "directed_by": (PEOPLE, 1),
    "written_by": (PEOPLE, 2),
    "starred_actors": (PEOPLE, 3),
    "release_year": (YEARS, 1),
    "has_genre": (GENRES, 1),
    "in_language": (LANGUAGES, 1),
}
# Questions about the object of a film, and about the films of an object.
FORTH = {
    "directed_by": ("Who directed {}?", "Who is the director of {}?"),
    "written_by": ("Who wrote {}?", "Who is the writer of {}?", "{} was written by whom?"),
    "starred_actors": ("Who acted in {}?", "Who starred in {}?", "Which actors are in {}?"),
    "release_year": ("When was {} released?", "In which year did {} come out?"),
    "has_genre": ("What genre is {}?", "What kind of film is {}?"),
    "in_language": ("What language is {} in?", "Which language do they speak in {}?"),
}
BACK = {
    "directed_by": ("Which films did {} direct?", "What was directed by {}?"),
    "written_by": ("Which films did {} write?", "What was written by {}?"),
    "starred_actors": ("Which films did {} act in?", "What does {} star in?"),
    "release_year": ("Which films came out in {}?", "What was released in {}?"),
    "has_genre": ("Which films are of the genre {}?", "Name a {} film."),
    "in_language": ("Which films are in {}?", "What is there in {}?"),
}


def sample_facts(random, films):
    """Facts about so many films, in any order.

    Of people there are about as many as films, so that most have to do with several of them,
    as director, writer or actor.

    Args:
        random: A `numpy.random.Generator`.
        films: How many films, up to those of FILMS.

    Returns:
        A list of triples, subject, relation and object.
    """
    people = random.permutation(PEOPLE)[: max(3, films)]
    facts = []
    for film in random.permutation(FILMS)[:films]:
        for relation, (objects, most) in RELATIONS.items():
            objects = people if objects is PEOPLE else objects
            count = 1 + random.integers(most)
            chosen = random.choice(objects, size=count, replace=False)
            facts += [(str(film), relation, str(thing)) for thing in chosen]
    return [facts[i] for i in random.permutation(len(facts))]


def sample_question(random, facts):
    """A question about facts, its relation, whether it is inverse, and all right answers."""
    subject, relation, thing = facts[random.integers(len(facts))]
    is_inverse = bool(random.integers(2))
    about = thing if is_inverse else subject
    forms = (BACK if is_inverse else FORTH)[relation]
    question = forms[random.integers(len(forms))].format(titled(about))
    answers = [
        s if is_inverse else o
        for s, r, o in facts
        if r == relation and (o if is_inverse else s) == about
    ]
    return question, relation, is_inverse, answers


def sentence(fact):
    """A fact as a sentence of three words: "Silent_Harbour directed_by Ada_Brandt."."""
    subject, relation, thing = fact
    return f"{titled(subject)} {relation} {titled(thing)}."


def titled(name):
    """A name as it is written: `"silent_harbour"` as `"Silent_Harbour"`."""
    return name.title()
