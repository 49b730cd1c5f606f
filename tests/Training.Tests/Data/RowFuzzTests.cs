using System.Text;
using LlmPlatform.Training.Data;
using LlmPlatform.Training.Tests.Data.Support;
using LlmPlatform.TrainingContracts.Worker;

namespace LlmPlatform.Training.Tests.Data;

/// <summary>Whatever a line holds, it is read or told with its number; nothing else may come of it.</summary>
public sealed class RowFuzzTests : IDisposable
{
    private const int Rounds = 60;

    private static readonly string[] Seeds =
    [
        """{"text":"한국의 수도는 서울입니다.","text_pair":"b"}""",
        """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","weight":1}],"tools":"[{}]","chat_template_kwargs":{"x":1}}""",
        """{"conversations":[{"from":"user","value":"a"},{"from":"assistant","value":"b"}]}""",
        """{"prompt":"a","completion":"b","label":true}""",
        """{"prompt":[{"role":"user","content":"a"}],"chosen":[{"role":"assistant","content":"b"}],"rejected":[{"role":"assistant","content":"c"}]}""",
        """{"chosen":"a b","rejected":"a c"}""",
        """{"input":{"messages":[{"role":"user","content":"a"}]},"preferred_output":[{"role":"assistant","content":"b"}],"non_preferred_output":[{"role":"assistant","content":"c"}]}""",
        """{"anchor":"a","positive":"b","negatives":["c"],"score":1}""",
    ];

    private static readonly string[] Values =
        ["null", "1", "-1e999", "true", "[]", "{}", "\"\"", "\"\\u0000\"", "\"\\ud83d\\ude00\"", "[null]", "[[]]", "[{}]", "\"\\udc00\"", "123456789012345678901234567890"];

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Damaged_rows_are_read_or_told()
    {
        Random random = new(29);
        DataTokenizer tokenizer = SmallTokenizer.Create();
        CancellationToken stop = TestContext.Current.CancellationToken;
        long told = 0;
        long read = 0;
        for (int round = 0; round < Rounds; round++)
        {
            using MemoryStream content = new();
            for (int line = 0; line < 40; line++)
            {
                content.Write(Damage(Seeds[random.Next(Seeds.Length)], random));
                content.WriteByte((byte)'\n');
            }

            WorkerFile[] files = [_folder.WriteBytes("fuzz", content.ToArray())];
            foreach (Func<long> attempt in new Func<long>[]
            {
                () => SftData.Read(files, tokenizer, new SftOptions(), stop).RowsRead,
                () => PreferenceData.Read(files, tokenizer, new PreferenceOptions(), stop).RowsRead,
                () => TextData.Read(files, tokenizer, new TextOptions { Form = TextForm.Lines }, stop).RowsRead,
                () => PairData.Read(files, tokenizer, new PairOptions(), stop).RowsRead,
            })
            {
                try
                {
                    read += attempt();
                }
                catch (DataErrorException errors)
                {
                    told += errors.Errors.Count;
                    Assert.All(errors.Errors, error => Assert.InRange(error.Line, 1, 41));
                    Assert.All(errors.Errors, error => Assert.InRange(error.Message.Length, 1, 400));
                }
            }
        }

        Assert.True(told > 1000, $"{told} lines told, {read} read: the damage does not reach the checks");
    }

    private static byte[] Damage(string row, Random random)
    {
        if (random.Next(3) == 0)
        {
            // Another value in some field.
            int colon = row.IndexOf(':', random.Next(row.Length / 2));
            int end = colon < 0 ? -1 : row.IndexOfAny([',', '}', ']'], colon);
            if (end > 0)
            {
                return Encoding.UTF8.GetBytes(string.Concat(row.AsSpan(0, colon + 1), Values[random.Next(Values.Length)], row.AsSpan(end)));
            }
        }

        byte[] bytes = Encoding.UTF8.GetBytes(row);
        for (int i = random.Next(3); i > 0; i--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return random.Next(6) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
    }
}
