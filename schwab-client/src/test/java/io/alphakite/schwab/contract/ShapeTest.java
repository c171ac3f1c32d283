package io.alphakite.schwab.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class ShapeTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'a':1}|{}|.a: missing",
        "{'a':1}|{'a':'1'}|.a: number, here text",
        "{'a':{'b':true}}|{'a':{'b':0}}|.a.b: boolean, here number",
        "{'a':[{'b':1}]}|{'a':[]}|.a[]: missing",
        "{'a':[{'b':1}]}|{'a':[{'c':1}]}|.a[].b: missing",
        "{'a':'2026-01-05T14:31:07+0000'}|{'a':'2026-01-05T14:31:07Z'}|.a: like 2026-01-05T14:31:07+0000, here 2026-01-05T14:31:07Z",
        "{'a':1767623400000}|{'a':1767623400}|.a: epoch milliseconds, here 1767623400",
        "{'2026-03-20:74':{'50.0':[{'b':1}]}}|{'2013-10-11:4':{'7.5':[{}]}}|.*.*[].b: missing",
        "{'a':1}|{'a':null}|.a: number, here null",
      })
  void namesWhatDiffers(String reference, String actual, String difference) {
    assertThat(differences(reference, actual)).containsExactly(difference);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'a':1}|{'a':2.5,'more':'x'}",
        "{'a':null}|{}",
        "{'a':[{'b':1},{'c':1}]}|{'a':[{'c':3},{'b':4}]}",
        "{'a':1767623400000}|{'a':0}",
      })
  void letsPassWhatTheReferenceLeavesOpen(String reference, String actual) {
    assertThat(differences(reference, actual)).isEmpty();
  }

  @Test
  void findsNothingBetweenAFixtureAndItself() {
    for (String name : List.of("3.1-quotes", "3.2-chains", "4.1-account", "4.7-order")) {
      assertThat(Shape.differences(Fixtures.json(name), Fixtures.json(name))).isEmpty();
    }
  }

  private static Iterable<String> differences(String reference, String actual) {
    JsonMapper json = JsonMapper.shared();
    return Shape.differences(
        json.readTree(reference.replace('\'', '"')), json.readTree(actual.replace('\'', '"')));
  }
}
