"""Six small sequences, one from each domain of notebook 01, all made here.

Nothing is loaded: the text is written for this course, the tune is in the public domain
(Beethoven, Symphony No. 9, 1824), and the rest is computed.
"""

import numpy as np

TEXT = (
    "Every morning the old ferry crosses the river before the sun is up. The pilot knows each "
    "stone and each current by heart. When the fog comes down she counts the seconds between "
    "two bells, and she never looks at the clock. A river is a sequence, she says: you cannot "
    "read it in any other order."
)
"""A short text, written for this course."""

MELODY = np.array([64, 64, 65, 67, 67, 65, 64, 62, 60, 60, 62, 64, 64, 62, 62], dtype=float)
"""The first fifteen notes of the Ode to Joy as MIDI numbers (60 is middle C)."""

GENE = "ATGGCTTGGAAACGTGAATTCCATTGTGGTTCTTAA"
"""Twelve codons: a start, ten amino acids, a stop. Written for this course."""

# The standard genetic code, amino acids in the order TTT, TTC, TTA, TTG, TCT, ... GGG
# (NCBI translation table 1); * marks a stop.
_AMINO_ACIDS = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
_BASES = "TCAG"


def vowels(text: str = TEXT) -> np.ndarray:
    """1.0 for each vowel and 0.0 for each consonant of a text, other characters left out.

    A. A. Markov counted vowels and consonants in *Eugene Onegin* this way in 1913.
    """
    return np.array([float(c in "aeiou") for c in text.lower() if c.isalpha()])


def two_tones(rate: int = 8000, seconds: float = 0.05) -> np.ndarray:
    """Sound pressure of a low tone (300 Hz), then a high one (900 Hz).

    Parameters
    ----------
    rate : int
        Samples per second.
    seconds : float
        Length of each tone.
    """
    t = np.arange(int(rate * seconds)) / rate
    return np.concatenate([np.sin(2 * np.pi * f * t) for f in (300, 900)])


def moving_blob(frames: int = 24, size: int = 24) -> np.ndarray:
    """Video of a bright spot that crosses the picture; shape (time, height, width)."""
    t = np.arange(frames)[:, None, None]
    row, column = np.mgrid[:size, :size]
    centre = 3 + (size - 7) * t / (frames - 1)
    return np.exp(-((row - size / 2) ** 2 + (column - centre) ** 2) / 8)


def translate(gene: str, start: int = 0) -> str:
    """Amino acids of a gene, read in codons of three bases from position ``start``.

    Parameters
    ----------
    gene : str
        Bases, each one of T, C, A, G.
    start : int
        Position of the first codon; 0, 1 and 2 are the three reading frames.
    """
    unknown = sorted(set(gene) - set(_BASES))
    if unknown:
        raise ValueError(f"gene: expected the letters T, C, A, G only, got {unknown}")
    digits = [_BASES.index(base) for base in gene[start:]]
    codons = zip(digits[0::3], digits[1::3], digits[2::3], strict=False)
    return "".join(_AMINO_ACIDS[16 * a + 4 * b + c] for a, b, c in codons)


def domain_sequences(co2: np.ndarray) -> dict[str, np.ndarray]:
    """One numeric sequence for each of the six domains.

    Parameters
    ----------
    co2 : ndarray, shape (months,)
        The time series of the gallery.

    Returns
    -------
    dict of str to ndarray
        Keys name the domain and what is plotted.
    """
    video = moving_blob()
    column = np.arange(video.shape[2])
    mass = video.sum(axis=1)
    return {
        "text: vowel (1) or consonant (0)": vowels()[:60],
        "time series: CO2 (ppm)": np.asarray(co2)[:120],
        "audio: sound pressure": two_tones(),
        "video: column of the bright spot": mass @ column / mass.sum(axis=1),
        "DNA: G or C (1), A or T (0)": np.array([float(b in "GC") for b in GENE]),
        "music: pitch (MIDI number)": MELODY,
    }
