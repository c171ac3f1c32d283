package io.alphakite.platform.health;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DiskCheckTest {

  private static final long GB = 1L << 30;

  @Test
  void countsWhatIsKeptBackAsNeitherUsedNorFree() {
    // A disk of 252 GB with 27 used, of which only 75 more can be had.
    assertThat(DiskCheck.usedPercent(27 * GB, 75 * GB)).isEqualTo(27);
  }

  @Test
  void isFullWhenNothingCanBeHad() {
    assertThat(DiskCheck.usedPercent(95 * GB, 0)).isEqualTo(100);
    assertThat(DiskCheck.usedPercent(0, 100 * GB)).isEqualTo(0);
  }
}
