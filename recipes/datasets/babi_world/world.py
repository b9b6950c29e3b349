"""A small world of people, places and objects: what happens in it, and questions about it.

Everything that happens has a sentence. A task is a choice of what may happen and of
what questions are, after the descriptions of Weston et al. (2015).
"""

import dataclasses
from collections.abc import Callable

PEOPLE = {"Mary": "she", "Sandra": "she", "John": "he", "Daniel": "he"}
# They move about, too, and no question is about them.
OTHERS = ["Fred", "Julie", "Bill", "Emily", "Jeff"]
PLACES = ["bathroom", "bedroom", "garden", "hallway", "kitchen", "office"]
OBJECTS = ["apple", "football", "milk"]
TIMES = ["Yesterday", "This morning", "This afternoon", "This evening"]
MOVED = ["went to", "moved to", "journeyed to", "travelled to", "went back to"]
TOOK = ["took", "grabbed", "picked up", "got"]
LEFT = ["left", "dropped", "put down", "discarded"]
GAVE = ["gave", "handed", "passed"]
COUNTS = ["none", "one", "two", "three"]


class World:
    """Where everybody and everything is, and the sentences by which it is known.

    Args:
        random: A `numpy.random.Generator`.
    """

    def __init__(self, random):
        self.random = random
        self.story = []
        self.place = {}  # of each person: a place, and the number of the sentence
        self.absent = {}  # of each person: a place where they are not, and the sentence
        self.holder = {}  # of each object that is carried: a person, and the sentence
        self.path = {thing: [] for thing in OBJECTS}  # places it was at, with sentences
        self.gifts = []  # giver, object, receiver, sentence
        self.days = {}  # of each person: place and sentence by time of day

    def choose(self, choices):
        return choices[self.random.integers(len(choices))]

    def tell(self, sentence):
        """Add a sentence to the story; its number, from 1."""
        self.story.append(sentence[0].upper() + sentence[1:] + ".")
        return len(self.story)

    def carried(self, person):
        """The objects that a person has, in the order in which they got them."""
        return [thing for thing, (holder, _) in self.holder.items() if holder == person]

    def move(self, people, subject=None):
        """People go somewhere else, with all that they carry."""
        place = self.choose([p for p in PLACES if p != self._where(people[0])])
        number = self.tell(
            f"{subject or ' and '.join(people)} {self.choose(MOVED)} the {place}"
        )
        for person in people:
            self.place[person] = place, number
            self.absent.pop(person, None)
            for thing in self.carried(person):
                self._put(thing, place, self.holder[thing][1], number)

    def leave_place(self, person):
        """Somebody is not where they were; nobody knows where they are."""
        place, _ = self.place.pop(person)
        self.absent[person] = place, self.tell(f"{person} is no longer in the {place}")

    def take(self, person):
        place, arrived = self.place[person]
        here = [t for t in OBJECTS if t not in self.holder and self._last(t) in (None, place)]
        if here:
            thing = self.choose(here)
            number = self.tell(f"{person} {self.choose(TOOK)} the {thing}{self._there()}")
            self.holder[thing] = person, number
            self._put(thing, place, arrived, number)

    def leave(self, person):
        if self.carried(person):
            thing = self.choose(self.carried(person))
            number = self.tell(f"{person} {self.choose(LEFT)} the {thing}{self._there()}")
            del self.holder[thing]
            self._put(thing, self._where(person), self.place[person][1], number)

    def give(self, person):
        near = [
            p for p in self.place if p != person and self._where(p) == self._where(person)
        ]
        if self.carried(person) and near:
            thing, receiver = self.choose(self.carried(person)), self.choose(near)
            number = self.tell(f"{person} {self.choose(GAVE)} the {thing} to {receiver}")
            del self.holder[thing]
            self.holder[thing] = receiver, number
            self.gifts.append((person, thing, receiver, number))

    def _where(self, person):
        return self.place.get(person, (None,))[0]

    def _last(self, thing):
        return self.path[thing][-1][0] if self.path[thing] else None

    def _put(self, thing, place, *why):
        path = self.path[thing]
        if self._last(thing) == place:
            path.pop()
        path.append((place, sorted(set(why))))

    def _there(self):
        return self.choose(["", " there"])


# What may happen: each function lets one thing happen, in one sentence or two.


def go(world):
    world.move([world.choose([*PEOPLE])])


def act(world):
    """Go, take or leave."""
    person = world.choose([*PEOPLE])
    deed = world.choose([world.move, world.take, world.take, world.leave])
    if deed == world.move or person not in world.place:
        world.move([person])
    else:
        deed(person)


def exchange(world):
    """Go, take, leave or give."""
    person = world.choose([*PEOPLE])
    if person in world.place and world.random.random() < 0.5:
        world.give(person)
    act(world)


def go_or_be_gone(world):
    person = world.choose([*PEOPLE])
    if person in world.place and world.random.random() < 0.5:
        world.leave_place(person)
    else:
        world.move([person])


def go_and_go_on(world):
    person = world.choose([*PEOPLE])
    world.move([person])
    world.move([person], f"{_then(world)} {PEOPLE[person]}")


def go_together(world):
    world.move(_pair(world))


def go_together_and_go_on(world):
    pair = _pair(world)
    world.move(pair)
    world.move(pair, f"{_then(world)} they")


def spend_the_day(world):
    """One person's whole day, in any order, among those of others."""
    free = [person for person in PEOPLE if person not in world.days]
    if not free:
        return go_elsewhere(world)
    person = world.choose(free)
    places = world.random.permutation(PLACES)[: len(TIMES)]
    world.days[person] = {}
    for i in world.random.permutation(len(TIMES)):
        number = world.tell(f"{TIMES[i]} {person} {world.choose(MOVED)} the {places[i]}")
        world.days[person][TIMES[i]] = str(places[i]), number


def go_elsewhere(world):
    """Somebody else goes somewhere: no question is about it."""
    world.tell(f"{world.choose(OTHERS)} {world.choose(MOVED)} the {world.choose(PLACES)}")


def _pair(world):
    return [str(person) for person in world.random.permutation([*PEOPLE])[:2]]


def _then(world):
    return world.choose(["then", "after that", "following that", "afterwards"])


# Questions: each function gives question, answer and supporting sentences, or nothing.


def where_is_person(world):
    person = _any(world, world.place)
    if person:
        place, number = world.place[person]
        return f"Where is {person}?", place, [number]


def where_is_object(world):
    thing = _any(world, [thing for thing in OBJECTS if world.path[thing]])
    if thing:
        place, numbers = world.path[thing][-1]
        return f"Where is the {thing}?", place, numbers


def where_was_object(world):
    moved = [
        (thing, i)
        for thing, path in world.path.items()
        for i in range(1, len(path))
        if all(path[i][0] != place for place, _ in path[i + 1 :])
    ]
    if moved:
        thing, i = world.choose(moved)
        (before, numbers), (place, later) = world.path[thing][i - 1 : i + 1]
        question = f"Where was the {thing} before the {place}?"
        return question, before, sorted({*numbers, *later})


def who_gave_what(world):
    if world.gifts:
        giver, thing, receiver, number = world.gifts[-1]
        question, answer = world.choose(
            [
                (f"What did {giver} give to {receiver}?", thing),
                (f"Who gave the {thing} to {receiver}?", giver),
                (f"Who did {giver} give the {thing} to?", receiver),
                (f"Who gave the {thing}?", giver),
                (f"Who received the {thing}?", receiver),
            ]
        )
        return question, answer, [number]


def is_person_there(world):
    person = _any(world, [*world.place, *world.absent])
    if not person:
        return None
    if person in world.place:
        place, number = world.place[person]
        true = world.random.random() < 0.5
        target = place if true else world.choose([p for p in PLACES if p != place])
    else:
        (target, number), true = world.absent[person], False
    return f"Is {person} in the {target}?", "yes" if true else "no", [number]


def how_many(world):
    if world.place:
        person = _carrier(world)
        things = world.carried(person)
        numbers = sorted(world.holder[thing][1] for thing in things)
        question = f"How many objects is {person} carrying?"
        return question, COUNTS[len(things)], numbers or [world.place[person][1]]


def what_is_carried(world):
    if world.place:
        person = _carrier(world)
        things = world.carried(person)
        numbers = sorted(world.holder[thing][1] for thing in things)
        answer = ",".join(things) or "nothing"
        return f"What is {person} carrying?", answer, numbers or [world.place[person][1]]


def where_was_person(world):
    person = _any(world, world.days)
    if person:
        i = world.random.integers(1, len(TIMES))
        before, place = (world.days[person][time] for time in TIMES[i - 1 : i + 1])
        question = f"Where was {person} before the {place[0]}?"
        return question, before[0], sorted([before[1], place[1]])


def _carrier(world):
    """Somebody, who more often than not carries something."""
    carriers = [person for person in world.place if world.carried(person)]
    return world.choose(
        carriers if carriers and world.random.random() < 0.6 else [*world.place]
    )


def _any(world, choices):
    choices = list(choices)
    return world.choose(choices) if choices else None


@dataclasses.dataclass(frozen=True)
class Task:
    """What may happen, and the question."""

    happen: Callable
    question: Callable


# By their numbers among the twenty of Weston et al.
TASKS = {
    1: Task(go, where_is_person),
    2: Task(act, where_is_object),
    3: Task(act, where_was_object),
    5: Task(exchange, who_gave_what),
    6: Task(go, is_person_there),
    7: Task(act, how_many),
    8: Task(act, what_is_carried),
    9: Task(go_or_be_gone, is_person_there),
    11: Task(go_and_go_on, where_is_person),
    12: Task(go_together, where_is_person),
    13: Task(go_together_and_go_on, where_is_person),
    14: Task(spend_the_day, where_was_person),
}


def example(random, task, sentences, distractors):
    """A story, a question, its answer and the sentences that support it.

    Args:
        random: A `numpy.random.Generator`.
        task: A key of TASKS.
        sentences: About those whom questions may be about; more, until there is one.
        distractors: Sentences about others, anywhere in the story.

    Returns:
        Sentences, a list; question; answer; numbers of sentences, from 1.
    """
    world, question = World(random), None
    while len(world.story) < sentences or not question:
        TASKS[task].happen(world)
        question = TASKS[task].question(world) if len(world.story) >= sentences else None
    return _among_others(world, *question, distractors)


def _among_others(world, question, answer, facts, distractors):
    """The example with distractors at random places, and its facts as they are numbered then.

    Nothing comes between a sentence and one that says "then", whose pronoun rests on it.
    """
    events, world.story = world.story, []
    follows = [any(f" {word} " in s[:24] for word in ("she", "he", "they")) for s in events]
    free = [i for i in range(len(events) + 1) if i == len(events) or not follows[i]]
    gaps = world.random.choice(free, size=distractors)
    number = {}
    for i in range(len(events) + 1):
        for _ in range((gaps == i).sum()):
            go_elsewhere(world)
        if i < len(events):
            world.story.append(events[i])
            number[i + 1] = len(world.story)
    return world.story, question, answer, [number[fact] for fact in facts]
