"""What a user gets wrong: a type checker reports each line that ends in `# wrong`, and no
other. `test_types.py` holds it to that.
"""

import keras

from keras_memory import layers, recipes, testing, zoo
from keras_memory.recipes.running.exporting import export
from keras_memory.recipes.running.reproduction import reproduce
from keras_memory.recipes.running.study import Study

zoo.NTM(input_units="nine")  # wrong
zoo.NTM(input_unit=9)  # wrong
zoo.NoSuchModel()  # wrong
zoo.PointerNetwork(units=None)  # wrong
zoo.presets(7)  # wrong
zoo.figures.memory_tapes({})  # wrong
zoo.figures.memory_tape(7)  # wrong
zoo.figures.dense_capacity(capacities={})  # wrong

layers.NoSuchLayer()  # wrong
layers.NTMCell(keras.layers.LSTMCell(8), memory_slots="64")  # wrong
layers.Attention(dropout="a tenth")  # wrong
layers.Attention(scor="dot")  # wrong
layers.Attention(score="doot")  # wrong
layers.HopfieldMemory(rule="heb")  # wrong
layers.HopfieldPooling(num_heads=2, key_dim=4, beta="large")  # wrong
layers.SparseAttentiveBacktracking(keras.layers.LSTMCell(8), k_top="ten")  # wrong
layers.HopfieldMemory().recall()  # wrong
layers.HopfieldMemory().update([[1.0]], step="first")  # wrong
layers.NTMCell(keras.layers.LSTMCell(8)).trace([[[1.0]]], training="yes")  # wrong
layers.NTMCell(keras.layers.LSTMCell(8)).get_initial_state("two")  # wrong
layers.Attention().reader([[1.0]])  # wrong

recipes.get(7)  # wrong
recipes.no_such_name()  # wrong
recipes.get("ntm_copy").fit(resume="yes")  # wrong
recipes.get("ntm_copy").study.rows(7)  # wrong
reproduce("ntm_copy", jobs="two")  # wrong
export(keras.Model(), "folder", steps="many")  # wrong
Study(rank=lambda run: 0)  # wrong
Study(targets={"loss": 0.5})  # wrong
Study(text=lambda recipe, rows: len(rows))  # wrong

names: list[int] = testing.check_layer(layers.DotScore, {"query": (3, 4)})  # wrong
testing.check_layer(layers.DotScore, 7)  # wrong
