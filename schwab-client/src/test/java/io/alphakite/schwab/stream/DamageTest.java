package io.alphakite.schwab.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.stream.StreamEvent.Damaged;
import io.alphakite.schwab.stream.StreamEvent.EquityUpdate;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is told when level one is not proven complete any more. */
class DamageTest {
  private static final StreamService EQUITIES = StreamService.LEVELONE_EQUITIES;
  private static final String IMAGE =
      "{\"key\":\"ABC\",\"delayed\":false,\"3\":1.5,\"8\":1000,\"35\":1767623400000}";

  private final Decoding decoding = new Decoding();

  @Test
  void afterALostFrameNothingIsToldUntilTheNextImage() {
    decoding.decode(EQUITIES, IMAGE);
    decoding.decoder.decode("{\"data\":[{\"service\":\"LEVELONE_EQ");
    assertThat(decoding.last(Damaged.class)).isEqualTo(new Damaged(7, null, null, true));
    decoding.decode(EQUITIES, "{\"key\":\"ABC\",\"8\":1100}");
    assertThat(decoding.events).hasSize(2);
    decoding.decode(EQUITIES, IMAGE.replace("1000", "1200"));
    EquityUpdate image = decoding.last(EquityUpdate.class);
    assertThat(image.first()).isTrue();
    assertThat(image.image().totalVolume()).isEqualTo(1_200);
  }

  @Test
  void itemOlderThanTheOneBeforePutsItsSymbolInDoubtFromItsTimeOn() {
    decoding.decode(EQUITIES, IMAGE);
    decoding.decode(EQUITIES, "{\"key\":\"ABC\",\"8\":1300,\"35\":1767623402000}");
    decoding.decode(EQUITIES, "{\"key\":\"ABC\",\"3\":1.6,\"8\":1100,\"35\":1767623401000}");
    assertThat(decoding.last(Damaged.class))
        .isEqualTo(
            new Damaged(7, new Ticker("ABC"), Instant.ofEpochMilli(1_767_623_401_000L), true));
    assertThat(decoding.decoder.imageless(EQUITIES)).containsExactly("ABC");
  }

  @Test
  void lowerVolumeWithANewerTradeIsACorrectionAndToldAsItIs() {
    decoding.decode(EQUITIES, IMAGE);
    decoding.decode(EQUITIES, "{\"key\":\"ABC\",\"8\":900,\"35\":1767623401000}");
    assertThat(decoding.last(EquityUpdate.class).image().totalVolume()).isEqualTo(900);
    assertThat(decoding.events).noneMatch(Damaged.class::isInstance);
    for (String doubtful : List.of(",\"35\":1767623401000", "")) {
      Decoding other = new Decoding();
      other.decode(EQUITIES, IMAGE.replace("400000", "401000"));
      other.decode(EQUITIES, "{\"key\":\"ABC\",\"8\":900" + doubtful + "}");
      assertThat(other.events).last().isInstanceOf(Damaged.class);
    }
  }

  @Test
  void newerTimeProvesNothingWhereTheVolumeBeforeCameWithoutOne() {
    decoding.decode(EQUITIES, IMAGE);
    // Traded in the same millisecond as the item below, which it overtook.
    decoding.decode(EQUITIES, "{\"key\":\"ABC\",\"8\":1300}");
    decoding.decode(EQUITIES, "{\"key\":\"ABC\",\"8\":1100,\"35\":1767623401000}");
    assertThat(decoding.last(Damaged.class).ticker()).isEqualTo(new Ticker("ABC"));
  }

  @Test
  void doubtIsToldOnceWhereTheImageIsAwaited() {
    decoding.decode(EQUITIES, IMAGE);
    for (int volume = 999; volume > 990; volume--) {
      decoding.decode(EQUITIES, "{\"key\":\"ABC\",\"8\":" + volume + "}");
    }
    assertThat(decoding.events).filteredOn(Damaged.class::isInstance).hasSize(1);
  }

  @Test
  void eachDoubtIsToldWhereChangesGoOn() {
    decoding.decode(EQUITIES, IMAGE);
    for (int i = 0; i < 20; i++) {
      decoding.decoder.decode("nonsense");
    }
    decoding.decode(EQUITIES, IMAGE);
    decoding.events.clear();
    for (int volume = 999; volume > 990; volume--) {
      decoding.decode(EQUITIES, "{\"key\":\"ABC\",\"8\":" + volume + "}");
    }
    assertThat(decoding.events).filteredOn(Damaged.class::isInstance).hasSize(9);
  }

  @Test
  void symbolSubscribedAnewIsInDoubtFromItsLastTradeToItsImage() {
    decoding.decode(EQUITIES, IMAGE);
    decoding.decode(EQUITIES, "{\"key\":\"ABC\",\"8\":1100,\"35\":1767623401000}");
    decoding.decoder.forget(EQUITIES, List.of("ABC", "XYZ"), Set.of("ABC"));
    decoding.decode(EQUITIES, "{\"key\":\"ABC\",\"8\":1200}");
    assertThat(decoding.said).containsExactly("interrupted");
    Damaged damage = decoding.last(Damaged.class);
    assertThat(damage.ticker()).isEqualTo(new Ticker("ABC"));
    assertThat(damage.from()).isEqualTo(Instant.ofEpochMilli(1767623401000L));
    assertThat(damage.withheld()).isTrue();
    decoding.decode(EQUITIES, IMAGE);
    assertThat(decoding.last(EquityUpdate.class).first()).isTrue();
  }

  @Test
  void symbolThatIsNotWantedAnyMoreIsInNoDoubt() {
    decoding.decode(EQUITIES, IMAGE);
    decoding.decoder.forget(EQUITIES, List.of("ABC"), Set.of());
    decoding.decode(EQUITIES, IMAGE);
    assertThat(decoding.said).isEmpty();
  }

  @Test
  void countThatBeginsAnewIsNoDamage() {
    decoding.decode(EQUITIES, IMAGE);
    decoding.decode(EQUITIES, "{\"key\":\"ABC\",\"8\":0}");
    assertThat(decoding.last(EquityUpdate.class).image().totalVolume()).isZero();
  }

  @Test
  void changesGoOnWhereFramesAreLostAgainAndAgain() {
    for (int i = 0; i < 20; i++) {
      decoding.decode(EQUITIES, IMAGE);
      decoding.decoder.decode("nonsense");
    }
    assertThat(decoding.last(Damaged.class).withheld()).isFalse();
    decoding.decode(EQUITIES, "{\"key\":\"ABC\",\"8\":1100}");
    assertThat(decoding.last(EquityUpdate.class).image().totalVolume()).isEqualTo(1_100);
  }
}
