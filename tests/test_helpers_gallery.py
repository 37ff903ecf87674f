"""The six small sequences of notebook 01: each has the pattern that the notebook tells of."""

import numpy as np
import pytest

from helpers import gallery


def test_vowels_are_ones_and_other_characters_are_left_out() -> None:
    np.testing.assert_array_equal(gallery.vowels("A bee, 12!"), [1, 0, 1, 1])


def test_vowels_of_the_text_alternate_as_markov_found() -> None:
    d = gallery.vowels() - gallery.vowels().mean()
    assert (d[1:] * d[:-1]).sum() < 0


def test_two_tones_hold_one_frequency_each() -> None:
    first, second = np.split(gallery.two_tones(rate=8000, seconds=0.05), 2)
    hertz = np.fft.rfftfreq(len(first), 1 / 8000)
    loudest = [hertz[np.abs(np.fft.rfft(tone)).argmax()] for tone in (first, second)]
    assert loudest == [300, 900]


def test_reversed_tones_keep_their_magnitudes() -> None:
    sound = gallery.two_tones()
    forwards, backwards = np.abs(np.fft.rfft(sound)), np.abs(np.fft.rfft(sound[::-1]))
    np.testing.assert_allclose(forwards, backwards, atol=1e-9)
    assert not np.allclose(sound, sound[::-1])


def test_blob_moves_across_the_picture_in_equal_steps() -> None:
    video = gallery.moving_blob(frames=10, size=20)
    assert video.shape == (10, 20, 20)
    brightest = [np.unravel_index(frame.argmax(), frame.shape) for frame in video]
    assert [int(row) for row, _ in brightest] == [10] * 10
    columns = [int(column) for _, column in brightest]
    assert (columns[0], columns[-1]) == (3, 16)
    assert set(np.diff(columns)) <= {1, 2}


@pytest.mark.parametrize(
    ("codon", "amino_acid"),
    # Checked by hand against NCBI's translation table 1.
    [("ATG", "M"), ("TGG", "W"), ("TTT", "F"), ("GGG", "G"), ("AAA", "K"), ("CAT", "H")],
)
def test_codons_are_read_by_the_standard_code(codon: str, amino_acid: str) -> None:
    assert gallery.translate(codon) == amino_acid


def test_code_has_three_stops() -> None:
    codons = [a + b + c for a in "TCAG" for b in "TCAG" for c in "TCAG"]
    assert [codon for codon in codons if gallery.translate(codon) == "*"] == ["TAA", "TAG", "TGA"]


def test_gene_begins_with_a_start_and_ends_with_its_only_stop() -> None:
    protein = gallery.translate(gallery.GENE)
    assert (len(protein), protein[0], protein.index("*")) == (12, "M", 11)


def test_another_frame_gives_another_protein_and_drops_the_incomplete_codon() -> None:
    frame = gallery.translate(gallery.GENE, start=1)
    assert len(frame) == 11
    assert frame not in gallery.translate(gallery.GENE)


def test_letters_that_are_no_bases_are_named() -> None:
    with pytest.raises(
        ValueError, match=r"gene: expected the letters T, C, A, G only, got \['U'\]"
    ):
        gallery.translate("AUG")


def test_there_is_one_finite_varying_sequence_for_each_of_the_six_domains() -> None:
    sequences = gallery.domain_sequences(np.arange(500.0))
    domains = [name.split(":")[0] for name in sequences]
    assert domains == ["text", "time series", "audio", "video", "DNA", "music"]
    for name, x in sequences.items():
        assert x.ndim == 1, name
        assert len(x) >= 8, name
        assert np.isfinite(x).all(), name
        assert np.ptp(x) > 0, name
