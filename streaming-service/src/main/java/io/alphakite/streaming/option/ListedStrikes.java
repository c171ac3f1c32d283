package io.alphakite.streaming.option;

import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Price;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The listed contracts of one expiration by strike, as far as they are known.
 *
 * <p>At the money is the strike nearest to the underlying's price, the lower of two. While the
 * price moves it stays the same until the price has gone three quarters of the way to the next
 * strike: so a price that swings around the middle of two strikes changes nothing.
 */
final class ListedStrikes {

  private final NavigableMap<Price, List<OptionSymbol>> byStrike = new TreeMap<>();
  private final long[] strikesE4;

  /** Of these contracts of one expiration; of two with the same type and strike the first. */
  ListedStrikes(Collection<OptionSymbol> contracts) {
    for (OptionSymbol contract : contracts) {
      List<OptionSymbol> listed =
          byStrike.computeIfAbsent(contract.strike(), _ -> new ArrayList<>());
      if (listed.stream().noneMatch(other -> other.type() == contract.type())) {
        listed.add(contract);
      }
    }
    strikesE4 = byStrike.keySet().stream().mapToLong(Price::e4).toArray();
  }

  boolean isEmpty() {
    return strikesE4.length == 0;
  }

  /** The strike at the money of this price, nothing having been at the money before. */
  Price atTheMoney(Price price) {
    return new Price(strikesE4[nearest(price.e4())]);
  }

  /**
   * The strike at the money of this price.
   *
   * @param before the strike that was at the money until now
   */
  Price atTheMoney(Price price, Price before) {
    int at = Arrays.binarySearch(strikesE4, before.e4());
    if (at < 0) {
      return atTheMoney(price);
    }
    boolean up = price.e4() > before.e4();
    int next = up ? at + 1 : at - 1;
    if (next < 0 || next >= strikesE4.length) {
      return before;
    }
    long way = Math.abs(strikesE4[next] - before.e4());
    long gone = Math.abs(price.e4() - before.e4());
    return 4 * gone > 3 * way ? atTheMoney(price) : before;
  }

  /** Whether so many strikes are known on both sides of this one. */
  boolean reaches(Price atTheMoney, int eachSide) {
    int at = Arrays.binarySearch(strikesE4, atTheMoney.e4());
    return at >= eachSide && at + eachSide < strikesE4.length;
  }

  /**
   * The contracts that lie so many strikes from the one at the money, on both sides; none where no
   * strike is known.
   */
  List<OptionSymbol> at(Price atTheMoney, int distance) {
    int at = Arrays.binarySearch(strikesE4, atTheMoney.e4());
    List<OptionSymbol> contracts = new ArrayList<>();
    if (at < 0) {
      return contracts;
    }
    add(contracts, at - distance);
    if (distance > 0) {
      add(contracts, at + distance);
    }
    return contracts;
  }

  private void add(List<OptionSymbol> contracts, int index) {
    if (index < 0 || index >= strikesE4.length) {
      return;
    }
    contracts.addAll(byStrike.getOrDefault(new Price(strikesE4[index]), List.of()));
  }

  private int nearest(long priceE4) {
    int at = Arrays.binarySearch(strikesE4, priceE4);
    if (at >= 0) {
      return at;
    }
    int above = -at - 1;
    if (above == 0) {
      return 0;
    }
    if (above == strikesE4.length) {
      return above - 1;
    }
    return priceE4 - strikesE4[above - 1] <= strikesE4[above] - priceE4 ? above - 1 : above;
  }
}
