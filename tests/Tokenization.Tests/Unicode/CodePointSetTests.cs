using LlmPlatform.Tokenization.Unicode;

namespace LlmPlatform.Tokenization.Tests.Unicode;

public class CodePointSetTests
{
    [Fact]
    public void Operations_agree_with_sets_of_numbers()
    {
        var random = new Random(5);
        for (int round = 0; round < 200; round++)
        {
            (CodePointSet first, HashSet<int> firstMembers) = RandomSet(random);
            (CodePointSet second, HashSet<int> secondMembers) = RandomSet(random);
            for (int i = 0; i < 60; i++)
            {
                bool one = firstMembers.Contains(i);
                bool two = secondMembers.Contains(i);
                Assert.Equal(one, first.Contains(i));
                Assert.Equal(one || two, first.Union(second).Contains(i));
                Assert.Equal(one && two, first.Intersect(second).Contains(i));
                Assert.Equal(!one, first.Complement().Contains(i));
            }

            Assert.Equal(first.Ranges, first.Complement().Complement().Ranges);
        }
    }

    [Fact]
    public void The_empty_set_and_all_are_complements()
    {
        Assert.True(CodePointSet.All.Complement().IsEmpty);
        Assert.Equal([(0, CodePointSet.Last)], CodePointSet.Empty.Complement().Ranges);
    }

    [Fact]
    public void Ranges_are_read_from_text() => Assert.Equal([(0x41, 0x5A), (0x5F, 0x5F)], CodePointSet.Parse("41-5A 5F").Ranges);

    private static (CodePointSet Set, HashSet<int> Members) RandomSet(Random random)
    {
        (int First, int Last)[] ranges = [.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(50)).Select(first => (first, first + random.Next(8)))];
        return (CodePointSet.Of(ranges), [.. ranges.SelectMany(range => Enumerable.Range(range.First, range.Last - range.First + 1))]);
    }
}
