package io.alphakite.schwab.stream;

import static io.alphakite.schwab.stream.StreamService.ACCT_ACTIVITY;
import static io.alphakite.schwab.stream.StreamService.CHART_EQUITY;
import static io.alphakite.schwab.stream.StreamService.LEVELONE_EQUITIES;
import static io.alphakite.schwab.stream.StreamService.LEVELONE_FUTURES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.schwab.stream.Command.Subscription;
import io.alphakite.schwab.stream.Command.Verb;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which commands bring a connection to what is wanted. */
class WantedKeysTest {

  private final Wanted wanted = new Wanted();
  private final List<Subscriptions.TooMany> tooMany = new ArrayList<>();
  private Subscriptions subscriptions = new Subscriptions(wanted, 2);

  /** As {@code VERB SERVICE keys}. */
  private List<String> due() {
    return subscriptions.due(tooMany).stream()
        .map(
            command ->
                "%s %s %s"
                    .formatted(command.verb(), command.service(), String.join(",", command.keys())))
        .toList();
  }

  private static Subscription command(Verb verb, String... keys) {
    return new Subscription(LEVELONE_EQUITIES, verb, List.of(keys), "0,1", 0);
  }

  @Test
  void keyThatIsAskedForAnewIsTakenAwayAndAddedAgainOnce() {
    wanted.add(LEVELONE_EQUITIES, List.of("A", "B"));
    due();
    wanted.again(LEVELONE_EQUITIES, List.of("B", "NEVER"));
    assertThat(due()).containsExactly("UNSUBS LEVELONE_EQUITIES B", "ADD LEVELONE_EQUITIES B");
    wanted.add(LEVELONE_EQUITIES, List.of("B"));
    assertThat(due()).isEmpty();
    // A new connection asks for all in any case.
    wanted.again(LEVELONE_EQUITIES, List.of("B"));
    subscriptions = new Subscriptions(wanted, 2);
    assertThat(due()).containsExactly("SUBS LEVELONE_EQUITIES A,B");
  }

  @Test
  void sendsOnlyTheDifference() {
    wanted.add(LEVELONE_EQUITIES, List.of("A", "B", "C"));
    wanted.add(LEVELONE_FUTURES, List.of("X"));
    wanted.add(ACCT_ACTIVITY, List.of("me"));
    assertThat(due())
        .containsExactly(
            "SUBS ACCT_ACTIVITY me",
            "SUBS LEVELONE_EQUITIES A,B",
            "ADD LEVELONE_EQUITIES C",
            "SUBS LEVELONE_FUTURES X");
    assertThat(due()).isEmpty();
    wanted.replace(LEVELONE_FUTURES, List.of("X", "Y"));
    wanted.remove(LEVELONE_EQUITIES, List.of("B", "NEVER"));
    assertThat(due()).containsExactly("UNSUBS LEVELONE_EQUITIES B", "ADD LEVELONE_FUTURES Y");
    wanted.remove(LEVELONE_EQUITIES, List.of("A", "C"));
    assertThat(due()).containsExactly("UNSUBS LEVELONE_EQUITIES A,C");
    wanted.add(LEVELONE_EQUITIES, List.of("D"));
    assertThat(due()).containsExactly("SUBS LEVELONE_EQUITIES D");
  }

  @Test
  void forgetsAChangeOfMind() {
    wanted.add(LEVELONE_EQUITIES, List.of("A"));
    due();
    wanted.add(LEVELONE_EQUITIES, List.of("B"));
    wanted.remove(LEVELONE_EQUITIES, List.of("B"));
    assertThat(due()).isEmpty();
  }

  @Test
  void asksForEverythingAgainOnTheNextConnection() {
    wanted.add(LEVELONE_EQUITIES, List.of("A", "B"));
    due();
    wanted.remove(LEVELONE_EQUITIES, List.of("A"));
    due();
    subscriptions = new Subscriptions(wanted, 2);
    assertThat(due()).containsExactly("SUBS LEVELONE_EQUITIES B");
  }

  @Test
  void tellsOnceWhatIsBeyondTheLimit() {
    List<String> keys = IntStream.range(0, 302).mapToObj(i -> "T" + i).toList();
    wanted.add(CHART_EQUITY, keys);
    assertThat(due()).hasSize(150);
    assertThat(tooMany)
        .containsExactly(new Subscriptions.TooMany(CHART_EQUITY, List.of("T300", "T301")));
    wanted.remove(CHART_EQUITY, List.of("T0"));
    assertThat(due()).containsExactly("UNSUBS CHART_EQUITY T0", "ADD CHART_EQUITY T300");
    assertThat(tooMany).hasSize(1);
  }

  @Test
  void asksForARefusedKeyAgainWhenThereMayBeRoom() {
    wanted.add(LEVELONE_EQUITIES, List.of("A", "B"));
    due();
    subscriptions.refused(LEVELONE_EQUITIES, "B");
    assertThat(due()).isEmpty();
    wanted.remove(LEVELONE_EQUITIES, List.of("A"));
    assertThat(due()).containsExactly("UNSUBS LEVELONE_EQUITIES A");
    subscriptions.confirmed(command(Verb.UNSUBS, "A"), 1);
    assertThat(due()).containsExactly("SUBS LEVELONE_EQUITIES B");
  }

  @Test
  void doesNotTakeAwayWhatWasNeverGiven() {
    wanted.add(LEVELONE_EQUITIES, List.of("A", "B"));
    due();
    subscriptions.refused(LEVELONE_EQUITIES, "B");
    wanted.remove(LEVELONE_EQUITIES, List.of("B"));
    assertThat(due()).isEmpty();
  }

  @Test
  void changesFieldsWithoutAskingForKeysAgain() {
    wanted.add(LEVELONE_EQUITIES, List.of("A"));
    due();
    wanted.view(LEVELONE_EQUITIES, Set.of(8, 3, 33));
    List<Subscription> commands = subscriptions.due(tooMany);
    assertThat(commands).hasSize(1);
    assertThat(commands.getFirst().verb()).isEqualTo(Verb.VIEW);
    assertThat(commands.getFirst().fields()).isEqualTo("0,3,8,33");
    wanted.add(LEVELONE_EQUITIES, List.of("B"));
    assertThat(subscriptions.due(tooMany))
        .containsExactly(
            new Subscription(LEVELONE_EQUITIES, Verb.ADD, List.of("B"), "0,3,8,33", 0));
  }

  @Test
  void repairsWhatIsMergedAndLeavesTheRest() {
    wanted.add(LEVELONE_EQUITIES, List.of("A"));
    wanted.add(ACCT_ACTIVITY, List.of("me"));
    wanted.add(StreamService.NYSE_BOOK, List.of("A"));
    due();
    subscriptions.repair();
    assertThat(due()).containsExactly("SUBS LEVELONE_EQUITIES A");
  }

  @Test
  void takesAllKeysOrNone() {
    assertThatThrownBy(() -> wanted.add(LEVELONE_EQUITIES, List.of("A", "b")))
        .hasMessageContaining("\"b\"");
    assertThatThrownBy(() -> wanted.replace(LEVELONE_EQUITIES, List.of("A,B")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(wanted.keys(LEVELONE_EQUITIES)).isEmpty();
  }
}
