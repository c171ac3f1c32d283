package io.alphakite.streaming.account;

import io.alphakite.schwab.stream.StreamEvent;
import io.alphakite.streaming.store.AccountEvent;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns an item of ACCT_ACTIVITY into what is stored of it: the payload as sent, with every account
 * number cut to its last four, and the order it speaks of.
 */
public final class AccountActivityReader {
  private static final int KEPT_DIGITS = 4;
  private static final int PAYLOAD_MAX = 100_000;
  private static final Pattern ACCOUNT_NUMBER =
      Pattern.compile(
          "(\"[A-Za-z]*Account(?:Number|No|Id)?\"\\s*:\\s*\"?)(\\d{5,})", Pattern.CASE_INSENSITIVE);
  private static final Pattern ORDER_ID =
      Pattern.compile("\"SchwabOrderID\"\\s*:\\s*\"?(\\d{1,30})");

  private AccountActivityReader() {}

  /**
   * Reads one item.
   *
   * @param receivedAt wall clock
   */
  public static AccountEvent read(StreamEvent.AccountActivity activity, Instant receivedAt) {
    // NUL is the one character that PostgreSQL's text cannot hold.
    String payload = redacted(activity.payload(), activity.account()).replace("\0", "");
    return new AccountEvent(
        receivedAt,
        activity.seq(),
        activity.messageType().replace("\0", ""),
        orderId(payload),
        payload.length() > PAYLOAD_MAX ? payload.substring(0, PAYLOAD_MAX) : payload);
  }

  private static String redacted(String payload, String account) {
    String text = ACCOUNT_NUMBER.matcher(payload).replaceAll(AccountActivityReader::lastFour);
    if (account.length() <= KEPT_DIGITS) {
      return text;
    }
    // Not inside a longer number: an order's id may contain the same digits.
    Pattern alone = Pattern.compile("(?<![0-9])()(" + Pattern.quote(account) + ")(?![0-9])");
    return alone.matcher(text).replaceAll(AccountActivityReader::lastFour);
  }

  private static String lastFour(java.util.regex.MatchResult match) {
    String number = match.group(2);
    return Matcher.quoteReplacement(
        match.group(1) + number.substring(number.length() - KEPT_DIGITS));
  }

  private static @Nullable String orderId(String payload) {
    Matcher matcher = ORDER_ID.matcher(payload);
    return matcher.find() ? matcher.group(1) : null;
  }
}
