"""A grammar of requests to a travel agency, whose slots need the words before and after.

The same city is where one leaves from, stops over or arrives, the same day is that of
departure, of arrival or of the return: only the words around it say which.
"""

import functools

KINDS = ("flights", "trains", "buses")
AIRLINES = ("northern air", "blue wing", "meridian", "air lumen", "coastal", "sky bridge")
CLASSES = ("first class", "business class", "coach", "economy")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = ("january", "march", "april", "june", "july", "september", "november")
NUMBERS = ("first", "second", "third", "fifth", "tenth", "twelfth", "twentieth")
PERIODS = ("morning", "afternoon", "evening", "night")
RELATIVES = ("before", "after", "around", "by")
COSTS = ("cheapest", "lowest", "least expensive")
TRIPS = ("round trip", "one way")
PLEASE = ("", "", "please", "i would like to", "i need to", "can you help me to", "i want to")
SHOW = ("show me", "list", "find", "give me", "look for")
FIRST, MIDDLE = (
    ("bel", "dor", "har", "kel", "lin", "mar", "nor", "pel", "ros", "tam", "vel", "wes"),
    (
        "a",
        "e",
        "in",
        "o",
        "er",
        "an",
    ),
)
LAST = ("burg", "ford", "mouth", "stad", "ton", "ville")
BEFORE = ("new", "san", "port", "saint")


@functools.cache
def cities(is_held_out):
    """Names of cities: of every seven, one is in no training request."""
    names = [a + b + c for a in FIRST for b in MIDDLE for c in LAST]
    names = [
        f"{BEFORE[i % 4]} {name}" if i % 5 == 0 else name for i, name in enumerate(names)
    ]
    return tuple(n for i, n in enumerate(names) if (i % 7 == 3) == is_held_out)


class Request:
    """Words with their tags, sampled from left to right.

    Args:
        random: A `numpy.random.Generator`.
        unknown: How often a city is one that is in no training request.
    """

    def __init__(self, random, unknown=0.0):
        self.random = random
        self.unknown = unknown
        self.words, self.tags = [], []

    def choose(self, choices):
        return choices[self.random.integers(len(choices))]

    def happens(self, probability):
        return self.random.random() < probability

    def say(self, text):
        """Words that fill no slot."""
        words = text.split()
        self.words += words
        self.tags += ["O"] * len(words)

    def fill(self, slot, text):
        """Words that fill a slot."""
        words = text.split()
        self.words += words
        self.tags += [f"B-{slot}"] + [f"I-{slot}"] * (len(words) - 1)

    def city(self, slot):
        self.fill(slot, self.choose(cities(self.happens(self.unknown))))

    def day(self, side):
        """A day of departure, arrival or return."""
        if self.happens(0.5):
            self.say("on")
            self.fill(f"{side}_date.day_name", self.choose(DAYS))
            if self.happens(0.4):
                self.fill(f"{side}_time.period", self.choose(PERIODS))
        else:
            self.say("on")
            self.fill(f"{side}_date.month", self.choose(MONTHS))
            self.fill(f"{side}_date.day_number", self.choose(NUMBERS))

    def time(self, side):
        self.fill(f"{side}_time.relative", self.choose(RELATIVES))
        half = self.choose(("am", "pm"))
        self.fill(f"{side}_time.time", f"{self.random.integers(1, 13)} {half}")

    def when(self, side, likely=0.6):
        if self.happens(likely):
            self.choose((self.day, self.day, self.time))(side)

    def route(self):
        """From where to where, in one of several orders."""
        order = self.random.integers(6)
        if order == 0:
            self.say("from"), self.city("from"), self.say("to"), self.city("to")
        elif order == 1:
            self.say("to"), self.city("to"), self.say("from"), self.city("from")
        elif order == 2:
            self.say("between"), self.city("from"), self.say("and"), self.city("to")
        elif order == 3:
            self.say("leaving"), self.city("from"), self.when("depart")
            self.say("and arriving in"), self.city("to"), self.when("arrive")
        elif order == 4:
            self.say("into"), self.city("to"), self.say("out of"), self.city("from")
        else:
            self.say("that arrive in"), self.city("to"), self.when("arrive")
            self.say("and leave"), self.city("from"), self.when("depart")
        if self.happens(0.3):
            self.say(self.choose(("with a stop in", "by way of", "stopping in", "via")))
            self.city("stop")
        if order not in (3, 5):
            self.when("depart")
        if self.happens(0.2):
            self.say(self.choose(("and return", "returning", "and come back")))
            self.when("return", likely=1.0)


def book(request):
    request.say(request.choose(PLEASE))
    request.say(request.choose(SHOW))
    if request.happens(0.3):
        request.say("the")
        request.fill("cost", request.choose(COSTS))
    if request.happens(0.3):
        request.fill("airline", request.choose(AIRLINES))
    if request.happens(0.3):
        request.fill("class", request.choose(CLASSES))
    if request.happens(0.3):
        request.fill("trip", request.choose(TRIPS))
    request.say(request.choose(KINDS))
    request.route()


def fare(request):
    request.say(
        request.choose(("how much is", "what does it cost for", "what is the fare of"))
    )
    if request.happens(0.5):
        request.fill("trip", request.choose(TRIPS))
    request.fill("class", request.choose(CLASSES))
    request.route()


def ground(request):
    request.say(request.choose(("how do i get", "is there a taxi", "what buses run")))
    if request.happens(0.5):
        request.say("from the airport to downtown")
        request.city("in")
    else:
        request.say("downtown from the airport in")
        request.city("in")


def airline(request):
    request.say(request.choose(("which airlines fly", "who flies", "what companies go")))
    request.route()


def change(request):
    """A change of mind: the first city of a kind does not count."""
    request.say(request.choose(("change my ticket", "my booking is wrong")))
    request.say("not to")
    request.city("not_to")
    request.say("but to")
    request.city("to")
    if request.happens(0.5):
        request.say("and still from")
        request.city("from")
    request.when("depart")


INTENTS = {
    "book": book,
    "fare": fare,
    "ground_transport": ground,
    "airline": airline,
    "change": change,
}
SHARES = (0.5, 0.15, 0.1, 0.15, 0.1)


def sample(random, unknown=0.0):
    """A request, its tags and its intent: texts."""
    intent = list(INTENTS)[random.choice(len(INTENTS), p=SHARES)]
    request = Request(random, unknown)
    INTENTS[intent](request)
    return " ".join(request.words), " ".join(request.tags), intent
