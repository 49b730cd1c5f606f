using System.Text;
using System.Text.RegularExpressions;
using LlmPlatform.Recipes.Running;

namespace LlmPlatform.Recipes.Data;

/// <summary>
/// Korean film reviews: a file of tab-separated <c>review_id rating movie_id review</c>. Reviews with profanity and those that are
/// hardly a sentence are left out.
/// </summary>
public static partial class Nsmc
{
    /// <summary>The folder below the data folder.</summary>
    public const string Folder = "nsmc";

    /// <summary>Where the data comes from.</summary>
    public const string Source = "https://github.com/e9t/nsmc";

    /// <summary>Its licence.</summary>
    public const string License = "CC0-1.0";

    // The longest review of the source has 146 characters.
    private const int MaxReview = 1000;
    private const int MinLetters = 8;

    /// <summary>The reviews, in the file's order.</summary>
    /// <param name="dataFolder">The folder with all data sets.</param>
    /// <exception cref="RecipeException">The file is missing or a line of it is wrong.</exception>
    public static IEnumerable<string> Read(string dataFolder)
    {
        string path = Path.Combine(dataFolder, Folder, "reviews_30k.tsv");
        if (!File.Exists(path))
        {
            throw new RecipeException($"{Folder}/reviews_30k.tsv: there is no such file, expected the reviews of {Source}");
        }

        return Reviews(path);
    }

    /// <summary>A review in plain writing, or null where it is left out.</summary>
    internal static string? Clean(string review)
    {
        string text = Spaces().Replace(Repeated().Replace(review.Normalize(NormalizationForm.FormC), "$1$1"), " ").Trim();
        int hangul = text.Count(letter => letter is >= '가' and <= '힣');
        return hangul < MinLetters || 2 * hangul < text.Length || Profanity().IsMatch(Gaps().Replace(text, "")) ? null : text;
    }

    private static IEnumerable<string> Reviews(string path)
    {
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            string[] cells = line.Split('\t');
            if (cells.Length != 4 || cells[3].Length > MaxReview)
            {
                throw new RecipeException(
                    $"{Folder}/reviews_30k.tsv:{number}: {cells.Length} cells, expected 4 with a review of at most {MaxReview} characters");
            }

            if (number > 1 && Clean(cells[3]) is { } review)
            {
                yield return review;
            }
        }
    }

    // A character three times and more says no more than twice.
    [GeneratedRegex(@"(.)\1{2,}")]
    private static partial Regex Repeated();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    // Profanity is often written with signs and numbers between its syllables.
    [GeneratedRegex(@"[\s\d.,~!?*^;:_\-]+")]
    private static partial Regex Gaps();

    [GeneratedRegex(
        "씨발|시발|씨바|시바|씨팔|시팔|씨벌|시벌|ㅅㅂ|ㅆㅂ|썅|쌍놈|쌍년|씹|좆|좃|졷|존나|졸라|조낸|쓰레기|쓰래기|개새|개세|새끼|세끼|색히|쉐끼|"
        + "병신|븅신|빙신|ㅂㅅ|지랄|ㅈㄹ|미친|미쳤|미췬|염병|엿먹|꺼져|닥쳐|아가리|주둥|대가리|또라이|돌아이|꼴통|등신|머저리|호구|걸레|창녀|"
        + "창년|년들|놈들|이년|저년|그년|나쁜년|개년|미친년|섹스|섹기|야동|야하|에로|포르노|강간|성폭행|자위|베드신|변태|게이|레즈|호모|"
        + "장애인|애자|정신병|홍어|김치녀|된장녀|메갈|일베|좌빨|빨갱이|수꼴|쪽바리|쪽발이|짱깨|짱개|짱꼴라|양키|깜둥이|흑형|뒈|뒤져|뒤질|"
        + "죽어라|죽여|자살|살인마|토나|구역질|역겹|똥|오줌|개독|예수쟁이")]
    private static partial Regex Profanity();
}
