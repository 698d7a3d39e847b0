"""Words of a picture are painted from kept shapes, and look as they would if they were written there."""

import pytest
from PIL import Image, ImageDraw

from alerting.charts.drawing import Colour, Drawing, Label
from alerting.charts.fonts import font
from alerting.charts.png import SCALE, _painted

WIDTH, HEIGHT, SIZE = 60, 24, 11.0
ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}


@pytest.mark.parametrize("bold", [True, False])
@pytest.mark.parametrize("anchor", ANCHORS)
@pytest.mark.parametrize("words", ["83% in March", "", "Ágyj", "much wider than the picture is"])
def test_words_look_as_if_they_were_written_into_the_picture(words, anchor, bold):
    label = Label(at=(20.3, 15.6), words=words, ink=Colour.WORDS, size=SIZE, anchor=anchor, bold=bold)
    drawing = Drawing(WIDTH, HEIGHT, (label, label))
    there = Image.new("RGB", (round(WIDTH * SCALE), round(HEIGHT * SCALE)), Colour.CARD.value)
    pen, at = ImageDraw.Draw(there), (round(20.3 * SCALE), round(15.6 * SCALE))
    for _ in range(2):  # the same words once more stand on those before
        pen.text(at, words, fill=Colour.WORDS.value, font=font(round(SIZE * SCALE), bold=bold), anchor=ANCHORS[anchor])
    assert there.tobytes() == _painted(drawing, SCALE).tobytes()
