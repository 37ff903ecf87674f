"""How a Keras layer or model of the judge travels to the student's code: as a copy.

Never the other way: building a layer from what came would let it run code.
"""

import json
import sys
from typing import Any


def is_layer(value: Any) -> bool:
    """Say whether a value is a Keras layer or model."""
    keras = sys.modules.get("keras")
    return keras is not None and isinstance(value, keras.Layer)


def write(encoder: Any, layer: Any) -> list[Any]:
    """Return the tree of a layer: its class and settings, and its weights."""
    keras = sys.modules["keras"]
    settings = json.dumps(keras.saving.serialize_keras_object(layer))
    return ["layer", settings, encoder.encode(layer.get_weights() if layer.built else [])]


def read(decoder: Any, settings: str, weights: list[Any]) -> Any:
    """Build the layer that `write` wrote."""
    import keras

    layer = keras.saving.deserialize_keras_object(json.loads(settings))
    values = decoder.value(weights)
    if values:
        layer.set_weights(values)
    return layer
