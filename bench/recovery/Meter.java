import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Load and meter of the broker scenarios, with Kafka's own clients: what is measured depends on nothing of the product. Sends the rows of a file in turn at
 * a constant rate, reads committed results, and keeps the longest time without a result per partition.
 * Arguments: bootstrap servers, data topic, results topic, rows per second, file of rows (key, tab, value in base64).
 * Standard input: "begin" forgets what was seen; "end" prints the longest silences since then, ms by partition: of results, and of acknowledged inputs.
 */
public final class Meter {
  /** How long a broker may take to answer, ms. By default it is 30 s: with a broker that is suspended, the load itself would stand still for so long. */
  private static final int answerMs = 1500;

  private record Row(byte[] key, byte[] value) {}

  /** The longest time between two events of each partition, ms. */
  private static final class Silences {
    private final long[] since;
    private final long[] longest;

    Silences(int partitions) {
      since = new long[partitions];
      longest = new long[partitions];
      begin();
    }

    synchronized void begin() {
      Arrays.fill(since, System.nanoTime());
      Arrays.fill(longest, 0);
    }

    synchronized void seen(int partition) {
      long now = System.nanoTime();
      longest[partition] = Math.max(longest[partition], now - since[partition]);
      since[partition] = now;
    }

    synchronized String end() {
      for (int partition = 0; partition < since.length; partition++) seen(partition);
      return Arrays.stream(longest).map(ns -> ns / 1_000_000).boxed().toList().toString();
    }
  }

  public static void main(String[] args) throws Exception {
    String brokers = args[0];
    String data = args[1];
    String results = args[2];
    int rate = Integer.parseInt(args[3]);
    List<Row> rows = Files.readAllLines(Path.of(args[4])).stream().map(Meter::row).toList();
    var producer = new KafkaProducer<>(
        Map.<String, Object>of("bootstrap.servers", brokers, "acks", "all", "linger.ms", 2, "max.block.ms", 300_000, "delivery.timeout.ms", 300_000,
            "request.timeout.ms", answerMs, "socket.connection.setup.timeout.ms", answerMs),
        new ByteArraySerializer(), new ByteArraySerializer());
    var consumer = new KafkaConsumer<>(
        Map.<String, Object>of("bootstrap.servers", brokers, "isolation.level", "read_committed", "fetch.max.wait.ms", 50,
            "request.timeout.ms", answerMs, "socket.connection.setup.timeout.ms", answerMs),
        new ByteArrayDeserializer(), new ByteArrayDeserializer());
    var inputs = new Silences(producer.partitionsFor(data).size());
    var answered = new Silences(consumer.partitionsFor(results).size());
    start(() -> send(producer, data, rows, rate, inputs));
    start(() -> read(consumer, results, answered));
    var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      if (line.equals("begin")) {
        inputs.begin();
        answered.begin();
      } else if (line.equals("end")) {
        System.out.println("{\"results\":" + answered.end() + ",\"inputs\":" + inputs.end() + "}");
      }
    }
    System.exit(0);
  }

  private static Row row(String line) {
    int tab = line.indexOf('\t');
    return new Row(line.substring(0, tab).getBytes(StandardCharsets.UTF_8), Base64.getDecoder().decode(line.substring(tab + 1)));
  }

  private static void start(Runnable work) {
    var thread = new Thread(work);
    thread.setDaemon(true);
    thread.start();
  }

  private static void send(KafkaProducer<byte[], byte[]> producer, String topic, List<Row> rows, int rate, Silences acknowledged) {
    long started = System.nanoTime();
    for (long sent = 0; ; sent++) {
      long due = started + sent * 1_000_000_000L / rate;
      long early = due - System.nanoTime();
      if (early > 0) {
        try {
          Thread.sleep(early / 1_000_000, (int) (early % 1_000_000));
        } catch (InterruptedException ended) {
          return;
        }
      }
      Row row = rows.get((int) (sent % rows.size()));
      producer.send(new ProducerRecord<>(topic, row.key, row.value), (metadata, failure) -> {
        if (failure == null) acknowledged.seen(metadata.partition());
        else System.err.println("load: " + failure);
      });
    }
  }

  private static void read(KafkaConsumer<byte[], byte[]> consumer, String topic, Silences answered) {
    var partitions = consumer.partitionsFor(topic).stream().map(each -> new TopicPartition(topic, each.partition())).collect(Collectors.toList());
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    while (true) for (var each : consumer.poll(Duration.ofMillis(100)).partitions()) answered.seen(each.partition());
  }
}
