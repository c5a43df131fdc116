import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The second verdict of a run, with Kafka's own consumer and no code of the product. Reads every topic that is named to its end with read_committed, and
 * prints, as one line of JSON, how many records each partition has, with a checksum of their offsets, keys and values; how many of the results were
 * aborted (visible with read_uncommitted only); and the anomalies, by the rules of Jepsen's workload for Kafka: writes that were lost, doubled, out of
 * order, of no input, or that leave a gap in the counts of a key (with at_least_once: that count too few).
 * Arguments: guarantee, bootstrap servers, data topic, results topic, dead letters topic, then any other topics. A topic that does not exist has no
 * partitions.
 */
public final class Verdict {
  private static final int mostComplaints = 10;

  /** A data record: `odd` must have a dead letter, any other one result. */
  private record Input(String dataType, boolean odd) {}

  private record Place(int partition, long offset) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int order = Integer.compare(partition, other.partition);
      return order == 0 ? Long.compare(offset, other.offset) : order;
    }

    @Override
    public String toString() {
      return partition + "@" + offset;
    }
  }

  /** The fields of a ScoreResult that are needed. `count`: of the record's key, from a header; -1: none. */
  private record Result(Place at, Place input, String dataType, long count) {}

  private final Map<String, Integer> counts = new LinkedHashMap<>();
  private final List<String> complaints = new ArrayList<>();

  private final boolean exact;

  private Verdict(String guarantee) {
    exact = guarantee.equals("exactly_once");
    for (var anomaly : List.of("lost", "doubled", "outOfOrder", "foreign", "gaps")) counts.put(anomaly, 0);
  }

  public static void main(String[] args) {
    String dataTopic = args[2];
    var inputs = new TreeMap<Place, Input>();
    var results = new ArrayList<Result>();
    var letters = new ArrayList<Place>();
    var readers = List.<Consumer<ConsumerRecord<byte[], byte[]>>>of(
        record -> inputs.put(new Place(record.partition(), record.offset()), new Input(header(record, "chaos-type"), header(record, "chaos-odd") != null)),
        record -> results.add(resultOf(record)),
        record -> {
          if (dataTopic.equals(header(record, "sluice.source.topic")))
            letters.add(new Place(Integer.parseInt(header(record, "sluice.source.partition")), Long.parseLong(header(record, "sluice.source.offset"))));
        });
    var sums = new ArrayList<String>();
    try (var consumer = consumer(args[1], "read_committed")) {
      for (int at = 2; at < args.length; at++) {
        var topic = new Sums();
        Consumer<ConsumerRecord<byte[], byte[]>> reader = at - 2 < readers.size() ? readers.get(at - 2) : record -> {};
        read(consumer, args[at], reader.andThen(topic::add));
        sums.add("\"" + args[at] + "\":" + topic.json());
      }
    }
    var visible = new Sums();
    try (var consumer = consumer(args[1], "read_uncommitted")) {
      read(consumer, args[3], visible::add);
    }
    var verdict = new Verdict(args[0]);
    verdict.judge(inputs, results, letters);
    System.out.println("{\"aborted\":" + (visible.records() - results.size()) + verdict.json() + ",\"topics\":{" + String.join(",", sums) + "}}");
  }

  private static KafkaConsumer<byte[], byte[]> consumer(String brokers, String isolation) {
    return new KafkaConsumer<>(
        Map.<String, Object>of("bootstrap.servers", brokers, "isolation.level", isolation, "fetch.max.wait.ms", 50, "max.poll.records", 1000),
        new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** In offset order within each partition. A record is not kept: topics can be larger than the memory. */
  private static void read(KafkaConsumer<byte[], byte[]> consumer, String topic, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    var found = consumer.listTopics().getOrDefault(topic, List.of());
    var partitions = found.stream().map(each -> new TopicPartition(topic, each.partition())).toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue()))
      consumer.poll(Duration.ofMillis(100)).forEach(reader);
  }

  private void judge(TreeMap<Place, Input> inputs, List<Result> results, List<Place> letters) {
    var answers = new TreeMap<Place, Result>();
    var furthest = new HashMap<String, Long>();
    for (var result : results) {
      Input input = inputs.get(result.input);
      if (input == null || input.odd || !result.dataType.equals(input.dataType)) add("foreign", "result " + result.at + " names input " + result.input);
      else if (answers.containsKey(result.input)) add("doubled", "input " + result.input + " has result " + answers.get(result.input).at + " and " + result.at);
      else {
        answers.put(result.input, result);
        String order = result.dataType + " " + result.at.partition + "<" + result.input.partition;
        if (result.input.offset < furthest.getOrDefault(order, -1L)) add("outOfOrder", "result " + result.at + " of input " + result.input);
        furthest.merge(order, result.input.offset, Math::max);
      }
    }
    var told = new HashSet<Place>();
    for (var place : letters) {
      Input input = inputs.get(place);
      if (input == null || !input.odd) add("foreign", "a dead letter names input " + place);
      else if (!told.add(place)) add("doubled", "input " + place + " has two dead letters");
    }
    inputs.forEach((place, input) -> {
      if (input.odd ? !told.contains(place) : !answers.containsKey(place)) add("lost", "input " + place + (input.odd ? " has no dead letter" : " has no result"));
    });
    contiguity(answers);
  }

  /** Counts of a data type of a partition, in the order of the inputs: 1, 2, … */
  private void contiguity(TreeMap<Place, Result> answers) {
    var before = new HashMap<String, Long>();
    answers.forEach((place, result) -> {
      if (result.count < 0) return;
      String key = place.partition + " " + result.dataType;
      long expected = before.getOrDefault(key, 0L) + 1;
      before.put(key, exact ? result.count : expected);
      if (exact ? result.count != expected : result.count < expected)
        add("gaps", "result " + result.at + " of input " + place + " counts " + result.count + ", not " + expected);
    });
  }

  private void add(String anomaly, String complaint) {
    if (counts.merge(anomaly, 1, Integer::sum) <= mostComplaints) complaints.add(anomaly + ": " + complaint);
  }

  private String json() {
    var text = new StringBuilder();
    counts.forEach((anomaly, count) -> text.append(",\"").append(anomaly).append("\":").append(count));
    var quoted = complaints.stream().map(each -> "\"" + each.replaceAll("[^ -~]|[\"\\\\]", "?") + "\"").toList();
    return text + ",\"complaints\":[" + String.join(",", quoted) + "]";
  }

  /** How many records the partitions of a topic have, and checksums of them. */
  private static final class Sums {
    private final TreeMap<Integer, CRC32> sums = new TreeMap<>();
    private final TreeMap<Integer, Integer> sizes = new TreeMap<>();

    void add(ConsumerRecord<byte[], byte[]> record) {
      CRC32 sum = sums.computeIfAbsent(record.partition(), any -> new CRC32());
      sizes.merge(record.partition(), 1, Integer::sum);
      sum.update((record.offset() + " ").getBytes(StandardCharsets.UTF_8));
      for (byte[] part : new byte[][] {record.key(), record.value()}) sum.update(part == null ? new byte[] {0} : part);
    }

    int records() {
      return sizes.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** {"partition":[records, checksum]}. */
    String json() {
      var partitions = sums.entrySet().stream().map(each -> "\"" + each.getKey() + "\":[" + sizes.get(each.getKey()) + "," + each.getValue().getValue() + "]").toList();
      return "{" + String.join(",", partitions) + "}";
    }
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
  }

  /** Reads the protobuf by hand: fields 1 (data type), 14 (input partition), 15 (input offset). */
  private static Result resultOf(ConsumerRecord<byte[], byte[]> record) {
    byte[] bytes = record.value();
    String dataType = "";
    long partition = 0;
    long offset = 0;
    int[] at = {0};
    while (bytes != null && at[0] < bytes.length) {
      long tag = varint(bytes, at);
      int field = (int) (tag >>> 3);
      switch ((int) (tag & 7)) {
        case 0 -> {
          long value = varint(bytes, at);
          if (field == 14) partition = value;
          if (field == 15) offset = value;
        }
        case 1 -> at[0] += 8;
        case 5 -> at[0] += 4;
        case 2 -> {
          int length = (int) varint(bytes, at);
          if (field == 1) dataType = new String(bytes, at[0], length, StandardCharsets.UTF_8);
          at[0] += length;
        }
        default -> throw new IllegalStateException("result " + record.partition() + "@" + record.offset() + " is no protobuf");
      }
    }
    String count = header(record, "chaos-count");
    return new Result(new Place(record.partition(), record.offset()), new Place((int) partition, offset), dataType, count == null ? -1 : Long.parseLong(count));
  }

  private static long varint(byte[] bytes, int[] at) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = bytes[at[0]++];
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) return value;
    }
  }
}
