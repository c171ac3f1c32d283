package io.alphakite.schwab.stream.activity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.schwab.http.Json;
import io.alphakite.schwab.stream.activity.ActivityMessage.Notice;
import io.alphakite.schwab.stream.activity.ActivityMessage.OrderActivity;
import io.alphakite.schwab.stream.activity.ActivityMessage.Subscribed;
import io.alphakite.schwab.stream.activity.ActivityMessage.Unreadable;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ActivityReaderTest {

  private static final String FILL =
      """
      {"EventType":"OrderFillCompleted","LegId":"700000000000000001","LegStatus":"LegClosed",
       "LegSubStatus":"LegSubStatusFilled",
       "QuantityInfo":{"ExecutionID":"q-1","CumulativeQuantity":{"lo":"10000000","signScale":12},
         "LeavesQuantity":{"signScale":12},"AveragePrice":{"lo":"2134091","signScale":8}},
       "ExecutionInfo":{"ExecutionSequenceNumber":1,"ExecutionId":"e-1","VenueExecutionID":"v-1",
         "ExecutionQuantity":{"lo":"10000000","signScale":12},
         "ExecutionPrice":{"lo":"2134091","signScale":8},
         "ExecutionTimeStamp":{"DateTimeString":"2026-01-05 09:31:08.123"},
         "ExecutionTransType":"Fill","RouteName":"XYZ",
         "PrincipalAmmount":{"lo":"2134091","signScale":7},
         "ActualChargedFeesCommissionAndTax":{},"ClientOrderID":"1000000000001.1"},
       "OrderInfoForTransactionPosting":{"LimitPrice":{"lo":"214000000","signScale":12},
         "OrderTypeCode":"Limit","BuySellCode":1,"Quantity":{"lo":"10000000","signScale":12},
         "Symbol":"ABC"}}""";

  private static String payload(String type, String innerName, String inner) {
    return """
        {"SchwabOrderID":"1000000000001","AccountNumber":"12345678",
         "BaseEvent":{"EventType":"%s","%s":%s}}"""
        .formatted(type, innerName, inner);
  }

  private static OrderActivity order(String type, String inner) {
    return (OrderActivity)
        ActivityReader.read(type, payload(type, "SomeInnerObject", inner)).message();
  }

  @Test
  void readsAFillToItsLastDigit() {
    OrderActivity activity = order("OrderFillCompleted", FILL);
    assertThat(activity.orderId()).isEqualTo("1000000000001");
    assertThat(activity.key())
        .isEqualTo(new ActivityKey("1000000000001", "OrderFillCompleted", "e-1"));
    OrderEvent.FillCompleted fill = (OrderEvent.FillCompleted) activity.event();
    assertThat(fill.legId()).isEqualTo("700000000000000001");
    assertThat(fill.legStatus()).isEqualTo("LegClosed");
    assertThat(fill.legSubStatus()).isEqualTo("LegSubStatusFilled");
    assertThat(fill.symbol()).isEqualTo("ABC");
    assertThat(fill.buySellCode()).as("text or number").isEqualTo("1");
    assertThat(fill.limitPrice()).isEqualByComparingTo("214");
    assertThat(fill.cumulativeQuantity()).isEqualByComparingTo("10");
    assertThat(fill.leavesQuantity()).as("a missing lo is zero").isEqualByComparingTo("0");
    assertThat(fill.averagePrice()).isEqualByComparingTo("213.4091");
    OrderEvent.Execution execution = fill.execution();
    assertThat(execution.isFill()).isTrue();
    assertThat(execution.sequenceNumber()).isEqualTo("1");
    assertThat(execution.quantity()).isEqualByComparingTo("10");
    assertThat(execution.price()).isEqualByComparingTo("213.4091");
    assertThat(execution.principalAmount()).as("odd is negative").isEqualByComparingTo("-2134.091");
    assertThat(execution.time()).isEqualTo(Instant.parse("2026-01-05T14:31:08.123Z"));
    assertThat(execution.clientOrderId()).isEqualTo("1000000000001.1");
  }

  @Test
  void readsEasternTimesWithTheirChangeOfClocks() {
    String summer = FILL.replace("2026-01-05", "2026-07-06");
    OrderEvent.FillCompleted fill =
        (OrderEvent.FillCompleted) order("OrderFillCompleted", summer).event();
    assertThat(fill.execution().time()).isEqualTo(Instant.parse("2026-07-06T13:31:08.123Z"));
  }

  @Test
  void doesNotTakeACancelledQuantityForAFill() {
    OrderEvent.Executed out =
        (OrderEvent.Executed)
            order(
                    "ExecutionCreated",
                    """
                    {"ExecutionId":"e-2","ExecutionTransType":"UROut",
                     "ExecutionPrice":{"signScale":12},"ExecutionQuantity":{}}""")
                .event();
    assertThat(out.execution().isFill()).isFalse();
    assertThat(out.execution().price()).isEqualByComparingTo("0");
    assertThat(out.execution().quantity()).as("{} is no value").isNull();
  }

  @Test
  void tellsARejectionItsReasons() {
    OrderEvent.Out out =
        (OrderEvent.Out)
            order(
                    "OrderUROutCompleted",
                    """
                    {"OutCancelType":"SystemReject","ValidationDetail":[
                      {"NgOMSRuleName":"Order_Sys_0002","NgOMSRuleDescription":"stop price"}]}""")
                .event();
    assertThat(out.outCancelType()).isEqualTo("SystemReject");
    assertThat(out.validations())
        .containsExactly(new OrderEvent.Validation("Order_Sys_0002", "stop price"));
  }

  @Test
  void tellsWhichOrderReplacesWhich() {
    assertThat(order("ChangeCreated", "{\"ParentSchwabOrderID\":\"1000000000000\"}").event())
        .isEqualTo(new OrderEvent.ChangeCreated("1000000000000"));
    assertThat(
            order(
                    "CancelAccepted",
                    "{\"LegCancelRequestInfoList\":[{\"ChangedNewSchwabOrderId\":1000000000002}]}")
                .event())
        .isEqualTo(new OrderEvent.CancelAccepted("1000000000002"));
    assertThat(order("CancelAccepted", "{}").event())
        .isEqualTo(new OrderEvent.CancelAccepted(null));
  }

  @ParameterizedTest
  @CsvSource({
    "OrderCreated, Created",
    "OrderAccepted, Accepted",
    "ExecutionRequested, Routed",
    "ExecutionRequestCreated, RouteCreated",
    "ExecutionRequestCompleted, RouteCompleted",
    "ExecutionCreated, Executed",
    "OrderFillCompleted, FillCompleted",
    "CancelAccepted, CancelAccepted",
    "OrderUROutCompleted, Out",
    "ChangeCreated, ChangeCreated",
    "ChangeAccepted, ChangeAccepted",
    "OrderExpired, Expired",
    "OrderMonitorCreated, Monitored",
    "OrderMonitorUpdated, Monitored",
    "OrderMonitorCompleted, Monitored",
    "SomethingNew, Unknown",
  })
  void knowsTheTypesAndKeepsTheOthers(String type, String kind) {
    OrderActivity activity = order(type, "{}");
    assertThat(activity.event().getClass().getSimpleName()).isEqualTo(kind);
    assertThat(activity.type()).isEqualTo(type);
    assertThat(activity.orderId()).isEqualTo("1000000000001");
  }

  @Test
  void takesTheInnerObjectWhateverItsName() {
    String payload =
        payload("ExecutionRequested", "NobodyKnowsEvent", "{\"RouteRequestedType\":\"Cancel\"}");
    OrderActivity activity =
        (OrderActivity) ActivityReader.read("ExecutionRequested", payload).message();
    assertThat(activity.event()).isEqualTo(new OrderEvent.Routed("Cancel"));
  }

  @Test
  void tellsARepeatedItemFromANewOne() {
    assertThat(order("OrderFillCompleted", FILL).key())
        .isEqualTo(order("OrderFillCompleted", FILL).key())
        .isNotEqualTo(order("OrderFillCompleted", FILL.replace("e-1", "e-2")).key());
    assertThat(order("ExecutionRequested", "{\"RouteRequestedType\":\"New\"}").key())
        .as("without an execution, by what it says")
        .isEqualTo(order("ExecutionRequested", "{\"RouteRequestedType\":\"New\"}").key())
        .isNotEqualTo(order("ExecutionRequested", "{\"RouteRequestedType\":\"Cancel\"}").key());
  }

  @Test
  void takesNotesNoticesAndNonsenseAsWhatTheyAre() {
    assertThat(ActivityReader.read("SUBSCRIBED", "").message()).isEqualTo(new Subscribed());
    assertThat(ActivityReader.read("", "feature not supported").message())
        .isEqualTo(new Notice("feature not supported"));
    assertThat(ActivityReader.read("OrderCreated", "no JSON").message())
        .isInstanceOf(Unreadable.class);
    assertThat(ActivityReader.read("OrderCreated", "[1]").unreadable()).containsExactly("payload");
    assertThat(ActivityReader.read("OrderCreated", "[".repeat(100_000)).message())
        .isInstanceOf(Unreadable.class);
  }

  @Test
  void namesWhatItCannotReadAndGoesOn() {
    String damaged =
        FILL.replace("{\"lo\":\"2134091\",\"signScale\":8}", "{\"lo\":\"1\",\"hi\":1}")
            .replace("2026-01-05 09:31:08.123", "yesterday");
    ActivityReader.Reading reading =
        ActivityReader.read("OrderFillCompleted", payload("OrderFillCompleted", "X", damaged));
    assertThat(reading.unreadable())
        .containsExactlyInAnyOrder("AveragePrice", "ExecutionPrice", "ExecutionTimeStamp");
    OrderEvent.FillCompleted fill =
        (OrderEvent.FillCompleted) ((OrderActivity) reading.message()).event();
    assertThat(fill.averagePrice()).isNull();
    assertThat(fill.execution().quantity()).isEqualByComparingTo("10");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"lo\":\"2134091\",\"signScale\":8} | 213.4091",
        "{\"lo\":\"2134091\",\"signScale\":9} | -213.4091",
        "{\"lo\":2134091,\"signScale\":\"8\"} | 213.4091",
        "{\"signScale\":12} | 0.000000",
        "{\"lo\":\"5\"} | 5",
        "{\"lo\":\"18446744073709551615\",\"signScale\":0} | 18446744073709551615",
      })
  void unpacksDecimals(String packed, BigDecimal value) {
    assertThat(PackedDecimal.unpack(Json.parse(packed))).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "null"})
  void unpacksNothingToNothing(String packed) {
    assertThat(PackedDecimal.unpack(Json.parse(packed))).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"lo\":\"1\",\"hi\":\"0\",\"signScale\":8}",
        "{\"hi\":1}",
        "{\"lo\":\"-1\",\"signScale\":8}",
        "{\"lo\":\"1.5\",\"signScale\":8}",
        "{\"lo\":1.5,\"signScale\":8}",
        "{\"lo\":\"18446744073709551616\",\"signScale\":0}",
        "{\"lo\":\"1\",\"signScale\":58}",
        "{\"lo\":\"1\",\"signScale\":-1}",
        "{\"lo\":\"1\",\"signScale\":null}",
        "{\"lo\":[],\"signScale\":8}",
        "{\"mid\":\"1\"}",
        "213.4091",
        "\"213.4091\"",
        "[]",
      })
  void refusesWhatNobodyHasSeen(String packed) {
    assertThatThrownBy(() -> PackedDecimal.unpack(Json.parse(packed)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void showsNoAccountNumber() {
    OrderActivity activity = order("OrderFillCompleted", FILL);
    assertThat(List.of(activity.toString(), activity.event().toString()).toString())
        .doesNotContain("12345678");
  }
}
