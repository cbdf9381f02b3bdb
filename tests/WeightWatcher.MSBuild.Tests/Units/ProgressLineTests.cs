namespace WeightWatcher.MSBuild.Tests.Units;

public sealed class ProgressLineTests
{
    private readonly List<string> _lines = [];
    private readonly Clock _clock = new();

    [Fact]
    public void A_short_analysis_says_nothing()
    {
        using ProgressLine line = new("net.onnx", _lines.Add, _clock);
        for (int i = 1; i <= 1000; i++)
            line.Report(new(i, 1000, i / 1000.0, "fc"));
        _clock.Advance(9);
        Assert.Empty(_lines);
    }

    [Fact]
    public void A_line_every_ten_seconds_says_how_far_it_is()
    {
        using ProgressLine line = new("net.onnx", _lines.Add, _clock);
        _clock.Advance(5);
        line.Report(new(1, 8, 0.25, "fc"));
        _clock.Advance(5);
        line.Report(new(2, 8, 0.5, "fc"));
        _clock.Advance(2);
        line.Report(new(3, 8, 0.6, "fc"));
        Assert.Equal(["WeightWatcher: net.onnx: 1 of 8 layers analysed, about 30 s left"], _lines);
        _clock.Advance(8);
        Assert.Equal("WeightWatcher: net.onnx: 3 of 8 layers analysed, about 13 s left", _lines[1]);
    }

    /// <summary>A fifth of the work is finished, a share is under way, and nothing was heard for two seconds.</summary>
    [Theory]
    [InlineData(0, "40")]
    [InlineData(0.8, "3")]
    [InlineData(0.1, "24")]
    public void Layers_under_way_count(double underWay, string left)
    {
        using ProgressLine line = new("net.onnx", _lines.Add, _clock);
        _clock.Advance(8);
        line.Report(new(3, 8, 0.2, "fc") { WorkUnderWay = underWay });
        _clock.Advance(2);
        Assert.Equal([$"WeightWatcher: net.onnx: 3 of 8 layers analysed, about {left} s left"], _lines);
    }

    [Fact]
    public void A_layer_that_takes_long_is_not_silent()
    {
        using ProgressLine line = new("net.onnx", _lines.Add, _clock);
        _clock.Advance(21);
        Assert.Equal(
            ["WeightWatcher: net.onnx: 10 s, the largest layers come first and none is done yet", "WeightWatcher: net.onnx: 20 s, the largest layers come first and none is done yet"],
            _lines);
    }

    [Fact]
    public void Nothing_is_said_after_the_end()
    {
        ProgressLine line = new("net.onnx", _lines.Add, _clock);
        line.Dispose();
        _clock.Advance(60);
        line.Report(new(1, 8, 0.25, "fc"));
        Assert.Empty(_lines);
        Assert.True(_clock.IsStopped);
    }

    /// <summary>A clock that goes on by hand, a second at a time, with one timer.</summary>
    private sealed class Clock : TimeProvider
    {
        private long _now;
        private TimerCallback? _callback;
        private object? _state;

        public bool IsStopped { get; private set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)), (dueTime, period));
            (_callback, _state) = (callback, state);
            return new Ticks(this);
        }

        public void Advance(int seconds)
        {
            for (int i = 0; i < seconds; i++)
            {
                _now++;
                // One that was under way when the timer was disposed still comes.
                _callback!(_state);
            }
        }

        private sealed class Ticks(Clock clock) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

            public void Dispose() => clock.IsStopped = true;

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
