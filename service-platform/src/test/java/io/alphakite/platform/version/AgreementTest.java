package io.alphakite.platform.version;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AgreementTest {

  private static final int APPLIED = 60;
  private static final int SERVES_FROM = 55;

  @Test
  void r49_otherBuildsFitAsLongAsEachUnderstandsTheOther() {
    Agreement agreement =
        of(
            new ServiceVersion("streaming-service", "1.2", 60, 3, 2, 5),
            new ServiceVersion("trading-engine", "1.1", 57, 2, 1, 5),
            new ServiceVersion("api-gateway", "1.0", 55, 2, 2, 5));
    assertThat(agreement).isEqualTo(new Agreement(List.of(), List.of(), List.of()));
  }

  @Test
  void r49_namesWhoIsTooOldForWhom() {
    Agreement agreement =
        of(
            new ServiceVersion("streaming-service", "2.0", 60, 3, 3, 5),
            new ServiceVersion("trading-engine", "1.1", 60, 2, 1, 5),
            new ServiceVersion("api-gateway", "1.1", 60, 3, 1, 5));
    assertThat(agreement.incompatible())
        .containsExactly(
            "trading-engine (1.1) speaks contract 2 and streaming-service (2.0) needs 3 or newer:"
                + " update trading-engine.");
  }

  @Test
  void r49_namesWhomTheSchemaDoesNotFit() {
    Agreement agreement =
        of(
            new ServiceVersion("streaming-service", "2.0", 61, 1, 1, 5),
            new ServiceVersion("trading-engine", "1.1", 54, 1, 1, 5),
            new ServiceVersion("api-gateway", "1.1", 60, 1, 1, 5));
    assertThat(agreement.incompatible())
        .containsExactly(
            "streaming-service (2.0) needs schema version 61 and the database has 60: run ./kite"
                + " migrate.",
            "trading-engine (1.1) knows schema version 54 and the database serves 55 or newer:"
                + " update it.");
  }

  @Test
  void r49_whoIsNotHeardOfIsNamedAndFitsWithNobody() {
    Agreement agreement =
        of(
            new ServiceVersion("trading-engine", "1.1", 60, 1, 1, 45),
            // Stopped: what it was made for is no matter.
            new ServiceVersion("api-gateway", "0.1", 1, 9, 9, 46));
    assertThat(agreement)
        .isEqualTo(
            new Agreement(
                List.of(), List.of("streaming-service"), List.of("api-gateway (for 46 s)")));
  }

  private static Agreement of(ServiceVersion... reports) {
    return Agreement.of(List.of(reports), APPLIED, SERVES_FROM);
  }
}
